"""Reads the table of alterations and carries one out, sealing anew where the platform itself is the liar."""

import copy
from pathlib import Path
from typing import Any

import msgspec

from bidding.application.record.bundle_format import LABEL, Bundle, body_of
from bidding.application.record.format import SEAL_LABEL, LotRecord, SealBody, entries_root
from bidding.crypto.canonical import b64, canonical, unb64
from bidding.crypto.credentials import SigningKey
from bidding.crypto.signing import sign

FOLDER = Path(__file__).parents[1] / "vectors" / "records"
RECORD = (FOLDER / "record.json").read_bytes()
BUNDLE = (FOLDER / "bundle.json").read_bytes()


def key_beside(folder: Path) -> SigningKey:
    """The key that signed what lies in the folder."""
    return SigningKey.from_private(unb64(msgspec.json.decode((folder / "key.json").read_bytes())["private"]))


KEY = key_beside(FOLDER)
_TABLE = msgspec.json.decode((FOLDER / "alterations.json").read_bytes())
CASES: list[dict[str, Any]] = _TABLE["cases"]
HOLDING: list[dict[str, Any]] = _TABLE["holds"]


def key_of(case: dict[str, Any]) -> SigningKey:
    """Of the platform that the case's file is of."""
    return key_beside((FOLDER / case["of"]).parent)


def altered(case: dict[str, Any]) -> bytes:
    """The file of the case, canonical unless the case itself spoils that."""
    document = msgspec.json.decode((FOLDER / f"{case['of']}.json").read_bytes())
    key = key_of(case)
    of_bundle = "record" in document
    behind = ""
    for change in case["change"]:
        if change["do"] == "raw":
            behind += change["value"]
        else:
            _change(document, _holder(document, change.get("topic")), change)
    if case["reseal"] and not behind and "more" not in document:
        document = bundle_resealed(document, key) if of_bundle else record_resealed(document, key)
    return canonical(document) + behind.encode()


def _holder(document: Any, topic: str | None) -> Any:
    """The list that an event of the topic stands in: what a bundle adds, or the record's own."""
    added = document.get("disclosed", [])
    if any(one["topic"] == topic for one in added):
        return added
    return document.get("record", document).get("events")


def _change(document: Any, events: Any, change: dict[str, Any]) -> None:
    topic = change.get("topic")
    if topic is None:
        _apply(document, change)
        return
    index = max(number for number, one in enumerate(events) if one["topic"] == topic)
    if change["do"] == "drop":
        del events[index]
        return
    state = msgspec.json.decode(events[index]["state"])
    _apply(state, {**change, "value": _named(change.get("value"), state)})
    events[index]["state"] = canonical(state).decode()


def _named(value: Any, state: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [{**value[0], "bidder": state["candidates"][0]["bidder"]}]
    return value


def _apply(document: Any, change: dict[str, Any]) -> None:
    *way, last = change["at"]
    holder = document
    for key in way:
        holder = holder[key]
    value: Any = change.get("value")
    match change["do"]:
        case "set":
            holder[last] = value
        case "add" | "append":
            holder[last] += value
        case "flip":
            data = bytearray(unb64(holder[last]))
            data[-1] ^= 1
            holder[last] = b64(bytes(data))
        case "remove":
            del holder[last]
        case "copy":
            holder.append(copy.deepcopy(holder[last]))
        case "swap":
            items, (one, other) = holder[last], value
            items[one], items[other] = items[other], items[one]
        case "swap-at":
            items, (one, other, name) = holder[last], value
            items[one][name], items[other][name] = items[other][name], items[one][name]
        case unknown:
            raise ValueError(unknown)


def record_resealed(document: Any, key: SigningKey = KEY) -> Any:
    record = msgspec.convert(document, LotRecord)
    count, root = entries_root(
        record.authority,
        record.platform_key,
        record.events,
        record.certificates,
        record.receipts,
        record.forms,
        record.log,
    )
    body = SealBody(format=record.format, lot=record.lot, mode=record.mode, entries=count, root=root)
    document["seal"] = {
        "body": msgspec.to_builtins(body),
        "signature": b64(sign(SEAL_LABEL, body, key.private).signature),
    }
    return document


def bundle_resealed(document: Any, key: SigningKey = KEY) -> Any:
    document["record"] = record_resealed(document["record"], key)
    bundle = msgspec.convert(document, Bundle)
    body = body_of(bundle.record, bundle.party, bundle.standings, bundle.disclosed, bundle.certificates)
    document["seal"] = {
        "body": msgspec.to_builtins(body),
        "signature": b64(sign(LABEL, body, key.private).signature),
    }
    return document
