"""The base of every command: its name, who may give it, and whether it binds the one who gives it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast, dataclass_transform

import msgspec

from bidding.domain.event import SignedAct
from bidding.domain.parties import Actor, Standing

if TYPE_CHECKING:
    from bidding.domain.calendar import WorkCalendar
    from bidding.domain.ruleset import RuleSet

#: name → class; filled as the command modules are imported (``bidding.domain.registry`` imports all).
COMMANDS: dict[str, type["Command"]] = {}


class CommandType(msgspec.StructMeta):
    """Takes the command's properties from the class statement: ``StructMeta`` admits its own options only."""

    def __new__(
        mcls,
        struct_name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        name: str = "",
        by: frozenset[Standing] = frozenset(),
        binding: bool = False,
        forward: bool = True,
        guarded: bool = True,
        **options: Any,
    ) -> "CommandType":
        cls: Any = super().__new__(mcls, struct_name, bases, namespace, **{"kw_only": True, **options})
        cls.NAME, cls.BY, cls.BINDING, cls.FORWARD, cls.GUARDED = name, by, binding, forward, guarded
        if any(isinstance(base, CommandType) for base in bases):
            if not name:
                raise TypeError(f"{struct_name} has no name")
            if COMMANDS.setdefault(name, cls).__qualname__ != cls.__qualname__:
                raise TypeError(f"command {name} is taken by {COMMANDS[name]!r}")
            COMMANDS[name] = cls
        return cast(CommandType, cls)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Command(msgspec.Struct, metaclass=CommandType, frozen=True, forbid_unknown_fields=True):
    """A request to change one lot. Its fields are the JSON body of ``POST /lots/{lot}/{name}``.

    ``name`` is ``phase/verb``; ``by`` the standings that may give it; ``binding``: it must come inside a
    statement signed by the actor's credential, whose ``act`` is the name; ``forward``: it moves the lot on,
    so it is refused while the lot is suspended; ``guarded``: it needs ``If-Match`` with the lot's version
    (acts that many give at once, each for himself, do not).
    """

    NAME: ClassVar[str]
    BY: ClassVar[frozenset[Standing]]
    BINDING: ClassVar[bool]
    FORWARD: ClassVar[bool]
    GUARDED: ClassVar[bool]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a decision may know beside the state and the command.

    ``now`` is the lot's own instant (a test lot's clock runs faster); ``signed`` is the verified
    statement of a binding command; ``rulesets`` all versions known, of which a noticed lot uses the
    pinned one; ``random(n)`` gives n random bytes.
    """

    now: datetime
    actor: Actor
    signed: SignedAct | None = None
    calendar: "WorkCalendar | None" = None
    rulesets: "Sequence[RuleSet]" = ()
    random: Callable[[int], bytes] | None = None
