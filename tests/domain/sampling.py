"""One sample of any struct type, made from its field types, every text in it awkward to write canonically."""

import re
from functools import singledispatch
from typing import Any, TypeVar

import msgspec
from msgspec import inspect as kinds

T = TypeVar("T")

#: Quotes, escapes, a line separator, Chinese, an astral character and the last one below the surrogates.
AWKWARD = 'a"\\/\u0007\n\u2028项目\U0001f4dc\ud7ff'
#: What the patterns in use admit: a decimal, a SHA-256, an id, a key, a rate below one, a telephone,
#: a wrapped key.
PATTERNED = ("1.5", "ab" * 32, "id-1", "A" * 43, "0.5", "0712-2850001", "A" * 107)


def sample(kind: type[T]) -> T:
    """An instance with every field filled, optional ones too. ``TypeError`` for a field type not known here."""
    return msgspec.convert(_plain(kinds.type_info(kind)), kind)


@singledispatch
def _plain(kind: Any) -> Any:
    raise TypeError(f"an event may not hold {kind!r}")


@_plain.register
def _(kind: kinds.StructType) -> Any:
    fields = {field.encode_name: _plain(field.type) for field in kind.fields}
    return fields if kind.tag_field is None else {kind.tag_field: kind.tag, **fields}


@_plain.register
def _(kind: kinds.StrType) -> str:
    if kind.pattern is None:
        return AWKWARD
    return next(one for one in PATTERNED if re.search(kind.pattern, one))


@_plain.register
def _(kind: kinds.IntType) -> int:
    return 2**53 - 1 if kind.le is None else kind.le


@_plain.register
def _(kind: kinds.BoolType) -> bool:
    return True


@_plain.register
def _(kind: kinds.NoneType) -> None:
    return None


@_plain.register
def _(kind: kinds.DateTimeType) -> str:
    return "2026-03-31T01:30:00.123456Z"


@_plain.register
def _(kind: kinds.DateType) -> str:
    return "2026-03-31"


@_plain.register
def _(kind: kinds.EnumType) -> Any:
    return next(iter(kind.cls)).value


@_plain.register
def _(kind: kinds.LiteralType) -> Any:
    return kind.values[0]


@_plain.register
def _(kind: kinds.VarTupleType) -> list[Any]:
    return [_plain(kind.item_type)] * 2


@_plain.register
def _(kind: kinds.TupleType) -> list[Any]:
    return [_plain(one) for one in kind.item_types]


@_plain.register(kinds.FrozenSetType)
@_plain.register(kinds.SetType)
def _(kind: Any) -> list[Any]:
    return [_plain(kind.item_type)]


@_plain.register
def _(kind: kinds.DictType) -> dict[str, Any]:
    return {"b": _plain(kind.value_type), "a": _plain(kind.value_type)}


@_plain.register
def _(kind: kinds.UnionType) -> Any:
    filled = [one for one in kind.types if not isinstance(one, kinds.NoneType)]
    return _plain(filled[0])
