"""Cases of the spare file: its making, its digests in the manifest, and where a document allows it."""

import hashlib
from typing import Any

import rfc8785

from tests.crypto import make_vectors as known
from tests.crypto import reference
from tests.crypto.make_vectors import FORM, Case, body
from tests.crypto.reference import b64

PAPERS = {"施工组织设计.pdf": b"%PDF-1.7 plan", "a.txt": b"a"}


def spare(form: bytes) -> bytes:
    return reference.archive({"form.json": form, "technical.zip": reference.archive(PAPERS)})


def digests(form: bytes) -> dict[str, str]:
    return {"form": hashlib.sha256(form).hexdigest(), "sha256": hashlib.sha256(spare(form)).hexdigest()}


def spare_cases() -> list[Case]:
    form = rfc8785.dumps(FORM)

    def case(name: str, layer: str | None, **changed: Any) -> Case:
        manifest = known.manifest(body(form), spare=digests(form))
        manifest = manifest | {
            "envelopes": [*manifest["envelopes"], {**manifest["envelopes"][0], "name": "technical"}]
        }
        values = {"manifest": b64(rfc8785.dumps(manifest)), "form": b64(form), "spare": b64(spare(form))}
        return (
            {"name": name, "layer": layer}
            | values
            | {"papers": {n: b64(c) for n, c in PAPERS.items()}}
            | changed
        )

    cheaper = rfc8785.dumps(FORM | {"price_fen": 1})
    less = reference.archive({"form.json": form})
    return [
        case("a spare file", None),
        case("another form in it", "form", spare=b64(spare(cheaper)), form=b64(cheaper)),
        case("an envelope left out", "container", spare=b64(less)),
    ]


def manifest_cases() -> list[Case]:
    good, first = body(rfc8785.dumps(FORM)), known.manifest_cases()[0]
    with_one = b64(rfc8785.dumps(known.manifest(good, spare=digests(rfc8785.dumps(FORM)))))
    allowing = first["expected"] | {"spare": True}
    return [
        first | {"name": "a spare file that the document allows", "manifest": with_one, "expected": allowing},
        first
        | {
            "name": "a spare file that it does not allow",
            "manifest": with_one,
            "layer": "manifest",
            "code": "WRONG_POLICY",
        },
        first | {"name": "no spare file although one is allowed", "expected": allowing},
    ]
