"""JSON schemas of msgspec types in the OpenAPI document.

Routes read their bodies themselves, so FastAPI does not know these types: a route refers to a type by
``ref(kind)``, and ``resolved`` puts the schemas and their real names in when the document is made.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

_MARK = "msgspec:"
_TEMPLATE = "#/components/schemas/{name}"
_TYPES: dict[str, Any] = {}


def ref(kind: type) -> dict[str, Any]:
    key = f"{_MARK}{kind.__module__}.{kind.__qualname__}"
    _TYPES[key] = kind
    return {"$ref": key}


def json_body(kind: type, example: object) -> dict[str, Any]:
    """``openapi_extra`` for a route whose body is JSON of this type."""
    return {"requestBody": request_body(ref(kind), example)}


def request_body(schema: Mapping[str, Any], example: object) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": dict(schema), "example": example}}}


def json_answer(kind: Any, description: str = "OK") -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route that answers 200 with JSON of this type."""
    return {200: {"description": description, "content": {"application/json": {"schema": ref(kind)}}}}


def header(name: str, description: str, example: str, *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


def resolved(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every ``ref`` replaced and every schema it needs among its components.

    FastAPI leaves members out that are null, which a signed statement outside a lot must have: put back.

    Raises ``ValueError`` where a schema of FastAPI's own has the same name.
    """
    used: set[str] = set()
    _collect(document, used)
    keys = sorted(used)
    refs, schemas = msgspec.json.schema_components([_TYPES[key] for key in keys], ref_template=_TEMPLATE)
    names = {key: made["$ref"] for key, made in zip(keys, refs, strict=True)}
    components = document.setdefault("components", {}).setdefault("schemas", {})
    clashing = components.keys() & schemas.keys()
    if clashing:
        raise ValueError(f"two schemas of one name: {sorted(clashing)}")
    components.update(schemas)
    replaced: dict[str, Any] = _replace(document, names)
    return replaced


def _collect(node: Any, used: set[str]) -> None:
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith(_MARK):
            used.add(target)
        for value in node.values():
            _collect(value, used)
    elif isinstance(node, list):
        for value in node:
            _collect(value, used)


def _replace(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, dict) and {"act", "by", "body"} <= node.keys() and isinstance(node["act"], str):
        return {**node, "lot": node.get("lot")}
    if isinstance(node, dict):
        return {
            key: names.get(value, value)
            if key == "$ref" and isinstance(value, str)
            else _replace(value, names)
            for key, value in node.items()
        }
    return [_replace(value, names) for value in node] if isinstance(node, list) else node
