"""The base of every event: a stable topic, and who may see it.

An event is shown whole or not at all. What must stay secret from an audience stands in an event of
its own, so that no outlet has a field to forget to mask.
"""

from typing import Any, ClassVar, cast, dataclass_transform

import msgspec

from bidding.domain.parties import Standing

#: topic → class; filled as the event modules are imported (``bidding.domain.registry`` imports all).
TOPICS: dict[str, type["Event"]] = {}

EVERYONE = frozenset({Standing.ANYONE})
#: The lot's host, tenderer and the centre; supervisors watch whatever these see.
OFFICES = frozenset({Standing.HOST, Standing.TENDERER, Standing.OPERATOR, Standing.SUPERVISOR})
PARTICIPANTS = OFFICES | {Standing.PARTICIPANT}
SUPERVISION = frozenset({Standing.SUPERVISOR})
COMMITTEE = frozenset({Standing.COMMITTEE, Standing.SUPERVISOR})
NOBODY: frozenset[Standing] = frozenset()


class SignedAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a party said and its detached signature, exactly as received.

    ``statement``: canonical JSON (RFC 8785) text; ``signature``: base64url Ed25519 over
    ``"bidding/act/v1\\0" + statement`` by the credential that the statement names.
    """

    statement: str
    signature: str


class EventType(msgspec.StructMeta):
    """Takes ``topic`` and ``audience`` from the class statement: ``StructMeta`` admits its own options only,
    and hands none on to ``__init_subclass__``."""

    def __new__(
        mcls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        topic: str = "",
        audience: frozenset[Standing] = NOBODY,
        **options: Any,
    ) -> "EventType":
        cls: Any = super().__new__(mcls, name, bases, namespace, **{"kw_only": True, **options})
        cls.TOPIC = topic
        cls.AUDIENCE = audience
        if any(isinstance(base, EventType) for base in bases):
            if not topic:
                raise TypeError(f"{name} has no topic")
            if TOPICS.setdefault(topic, cls) is not cls and TOPICS[topic].__qualname__ != cls.__qualname__:
                raise TypeError(f"topic {topic} is taken by {TOPICS[topic]!r}")
            TOPICS[topic] = cls
        return cast(EventType, cls)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Event(msgspec.Struct, metaclass=EventType, frozen=True, forbid_unknown_fields=True):
    """A fact. Subclasses: ``class NoticePublished(Event, topic="lot.noticed.v1", audience=EVERYONE)``.

    Amounts are integer 分, instants aware UTC datetimes, dictionary keys ASCII, no floats: the stored
    bytes are then canonical JSON (RFC 8785) as msgspec writes them with sorted keys.
    """

    TOPIC: ClassVar[str]
    AUDIENCE: ClassVar[frozenset[Standing]]


def encode(event: Event) -> bytes:
    """The event's canonical JSON."""
    return msgspec.json.encode(event, order="sorted")


def decode(topic: str, state: bytes) -> Event:
    """The event that ``encode`` wrote. Raises ``KeyError`` for a topic that no module registered."""
    return msgspec.json.decode(state, type=TOPICS[topic])
