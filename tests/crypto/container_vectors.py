"""The vectors of kinds `archive` and `recovery`: what an envelope of documents holds, and the printed code."""

from typing import Any

from tests.crypto import reference
from tests.crypto.reference import b64, fixed

Case = dict[str, Any]

FILES = {
    "施工组织设计.pdf": b"%PDF-1.7 " * 30,
    "b.txt": b"",
    "B1.txt": b"b1",
    "a.txt": b"hello",
    "𠀀.txt": b"4",
}
"""Sorted by code point, which differs from the order of UTF-16 units for the last one and ff01."""

REFUSED = {
    "a path": ["../x"],
    "a drive": ["C:x"],
    "a wildcard": ["a*"],
    "a control character": ["x\n.pdf"],
    "text turned around": ["\u202efdp.exe"],
    "a device": ["con"],
    "a device with an extension": ["NUL.pdf"],
    "a device with a space": ["com1 .tar.gz"],
    "a dot at the end": ["x."],
    "a space at the end": ["x "],
    "a space at the beginning": [" x"],
    "not in form NFC": ["e\u0301.pdf"],
    "201 bytes": ["长" * 67],
    "no name": [""],
    "two that case tells apart": ["a.pdf", "A.PDF"],
    "two that folding makes one": ["strasse", "straße"],
    "two sigmas": ["ας", "ασ"],
    "no file": [],
}
ACCEPTED = {
    "a word with the dotless i and one with i": ["ı.pdf", "i.pdf"],
    "200 bytes": ["长" * 66 + "ab"],
    "dots inside, and a device's name as an extension": ["x..con"],
    "full-width characters beside supplementary ones": ["！.pdf", "𠀀.pdf"],
}
GIB = 2**30
LENGTHS: dict[str, dict[str, int]] = {
    "a file of 2 GiB less one byte": {"a": 2 * GIB - 1, "b": 1},
    "a file of 2 GiB": {"a": 2 * GIB, "b": 1},
    "files from 3 GiB on": {"a": 3 * GIB, "b": 3 * GIB, "投标.pdf": 5 * GIB},
}


def archive_cases() -> list[Case]:
    def made(name: str, files: dict[str, bytes]) -> Case:
        shown = {entry: b64(content) for entry, content in files.items()}
        return {"name": name, "layer": None, "files": shown, "archive": b64(reference.archive(files))}

    def refused(name: str, names: list[str]) -> Case:
        return {"name": name, "layer": "container", "files": dict.fromkeys(names, ""), "archive": ""}

    def laid_out(name: str, lengths: dict[str, int]) -> Case:
        crcs = {entry: number for number, entry in enumerate(sorted(lengths), 1)}
        tail, start = reference.directory(lengths, crcs)
        return {
            "name": name,
            "layer": None,
            "lengths": lengths,
            "crcs": crcs,
            "length": start + len(tail),
            "directory": b64(tail),
        }

    return [
        made("several files", FILES),
        *(made(name, dict.fromkeys(names, b"x")) for name, names in ACCEPTED.items()),
        *(refused(name, names) for name, names in REFUSED.items()),
        *(laid_out(name, lengths) for name, lengths in LENGTHS.items()),
    ]


def recovery_cases() -> list[Case]:
    def case(name: str, seed: bytes, spelled: str) -> Case:
        return {"name": name, "layer": None, "seed": seed.hex(), "code": code(seed), "spelled": spelled}

    def code(seed: bytes) -> str:
        return reference.recovery_code(seed)

    seed, zeros = fixed("recovery"), bytes(32)
    loose = code(zeros).lower().replace("-", " ").replace("0", "o").replace("1", "l")
    return [case("as printed", seed, code(seed)), case("as typed", zeros, f" {loose}\n")]
