"""WebM as far as a relay must know it: is this what a browser recorded, and can a viewer begin here?

Matroska is EBML (RFC 8794, RFC 9559). A recording travels as one head (EBML header, Segment of unknown size, Info,
Tracks) and then whole Clusters of known size, each one piece. Nothing else is let through: what strangers' players
are fed was read here first.
"""

from collections.abc import Iterator

import msgspec

#: Element ids (RFC 9559 §27.1).
EBML, DOC_TYPE, SEGMENT, INFO, TIMESTAMP_SCALE = 0x1A45DFA3, 0x4282, 0x18538067, 0x1549A966, 0x2AD7B1
TRACKS, ENTRY, TRACK_NUMBER, TRACK_TYPE, CODEC = 0x1654AE6B, 0xAE, 0xD7, 0x83, 0x86
CLUSTER, TIMESTAMP, SIMPLE_BLOCK, GROUP, BLOCK, REFERENCE = 0x1F43B675, 0xE7, 0xA3, 0xA0, 0xA1, 0xFB
VIDEO, AUDIO = 1, 2
#: RFC 9559 §5.1.4.1.3: the codec of each kind of track, and what players call it.
CODECS = {(VIDEO, b"V_VP8"): "vp8", (AUDIO, b"A_OPUS"): "opus"}
#: Nanoseconds to which time-stamps count: milliseconds, the default, which browsers record by.
SCALE = 1_000_000
_KEYFRAME = 0x80


class NotWebM(Exception):
    """``reason``: a word for the log and the refusal, never bytes of what was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Head(msgspec.Struct, frozen=True):
    """Track numbers, 0 where there is no such track."""

    video: int
    audio: int

    @property
    def mime(self) -> str:
        codecs = [name for name, there in (("vp8", self.video), ("opus", self.audio)) if there]
        return f'{"video" if self.video else "audio"}/webm;codecs="{",".join(codecs)}"'


class Cluster(msgspec.Struct, frozen=True):
    """``at``: milliseconds since the recording began; ``key``: a viewer can begin here."""

    at: int
    key: bool


def read_head(data: bytes) -> Head:
    """Raises ``NotWebM``."""
    elements = _elements(data, 0, len(data))
    kind, begin, end = next(elements, (0, 0, 0))
    if kind != EBML or not any(
        one == DOC_TYPE and data[a:b] == b"webm" for one, a, b in _elements(data, begin, end)
    ):
        raise NotWebM("doctype")
    kind, begin, end = next(elements, (0, 0, 0))
    if kind != SEGMENT or end != len(data):
        raise NotWebM("segment")
    inside = {one: (a, b) for one, a, b in _elements(data, begin, end)}
    if CLUSTER in inside or INFO not in inside or TRACKS not in inside:
        raise NotWebM("head")
    scale = [_number(data[a:b]) for one, a, b in _elements(data, *inside[INFO]) if one == TIMESTAMP_SCALE]
    if scale not in ([], [SCALE]):
        raise NotWebM("scale")
    return _tracks(data, *inside[TRACKS])


def _tracks(data: bytes, begin: int, end: int) -> Head:
    found: dict[int, int] = {}
    for kind, a, b in _elements(data, begin, end):
        if kind != ENTRY:
            continue
        fields = {one: data[x:y] for one, x, y in _elements(data, a, b)}
        number, of = _number(fields.get(TRACK_NUMBER, b"")), _number(fields.get(TRACK_TYPE, b""))
        if (of, fields.get(CODEC, b"").rstrip(b"\0")) not in CODECS:
            raise NotWebM("codec")
        if of in found or not 1 <= number <= 126:
            raise NotWebM("tracks")
        found[of] = number
    if not found or len(set(found.values())) < len(found):
        raise NotWebM("tracks")
    return Head(found.get(VIDEO, 0), found.get(AUDIO, 0))


def read_cluster(data: bytes, head: Head) -> Cluster:
    """One whole cluster of ``head``'s tracks. Raises ``NotWebM``."""
    kind, begin, end = next(_elements(data, 0, len(data)), (0, 0, 0))
    if kind != CLUSTER or end != len(data):
        raise NotWebM("cluster")
    inside = list(_elements(data, begin, end))
    if not inside or inside[0][0] != TIMESTAMP:
        raise NotWebM("timestamp")
    blocks = [_block(data, *one) for one in inside[1:]]
    if not blocks or any(track not in {head.video, head.audio} - {0} for track, _ in blocks):
        raise NotWebM("block")
    pictures = [key for track, key in blocks if track == head.video]
    return Cluster(
        at=_number(data[inside[0][1] : inside[0][2]]), key=pictures[0] if pictures else not head.video
    )


def _block(data: bytes, kind: int, begin: int, end: int) -> tuple[int, bool]:
    """The block's track, and whether it needs none before it."""
    key = False
    if kind == GROUP:
        inside = {one: (a, b) for one, a, b in _elements(data, begin, end)}
        key = REFERENCE not in inside
        begin, end = inside.get(BLOCK, (0, 0))
    elif kind != SIMPLE_BLOCK:
        raise NotWebM("element")
    if end - begin < 5 or not data[begin] & 0x80:  # track (one byte), time (two), flags, and a frame
        raise NotWebM("block")
    return data[begin] & 0x7F, key or (kind == SIMPLE_BLOCK and bool(data[begin + 3] & _KEYFRAME))


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(id, first byte of its data, the byte behind it) of each child; one of unknown size reaches to the end."""
    while at < end:
        kind, at = _vint(data, at, end, marked=True)
        size, begin = _vint(data, at, end, marked=False)
        unknown = size == (1 << 7 * (begin - at)) - 1
        at = end if unknown else begin + size
        if at > end or (unknown and kind != SEGMENT):
            raise NotWebM("size")
        yield kind, begin, at


def _vint(data: bytes, at: int, end: int, *, marked: bool) -> tuple[int, int]:
    """A variable-size integer (RFC 8794 §4), with its length marker if it is an id, and where it ends."""
    width = 9 - data[at].bit_length() if at < end else 9
    if width > (4 if marked else 8) or at + width > end:
        raise NotWebM("truncated")
    value = int.from_bytes(data[at : at + width])
    return (value if marked else value & ((1 << 7 * width) - 1)), at + width


def _number(data: bytes) -> int:
    if len(data) > 8:
        raise NotWebM("number")
    return int.from_bytes(data)
