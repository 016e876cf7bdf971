"""WebM by hand: the smallest heads and clusters that a browser's recorder could have written (RFC 9559)."""

UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"
VIDEO, AUDIO = 1, 2


def element(kind: int, *data: bytes, size: bytes | None = None) -> bytes:
    body = b"".join(data)
    name = kind.to_bytes((kind.bit_length() + 7) // 8)
    return name + (size or (0x100000000000000 | len(body)).to_bytes(8)) + body


def number(kind: int, value: int) -> bytes:
    return element(kind, value.to_bytes(8))


def track(of: int, codec: bytes, at: int | None = None) -> bytes:
    return element(0xAE, number(0xD7, at or of), number(0x83, of), element(0x86, codec))


PICTURE = track(VIDEO, b"V_VP8")
SOUND = track(AUDIO, b"A_OPUS")


def head(*tracks: bytes, doctype: bytes = b"webm", scale: int = 1_000_000) -> bytes:
    """With picture and sound, if nothing else is named."""
    return element(0x1A45DFA3, element(0x4282, doctype)) + element(
        0x18538067,
        element(0x1549A966, number(0x2AD7B1, scale)),
        element(0x1654AE6B, *(tracks or (PICTURE, SOUND))),
        size=UNKNOWN,
    )


def block(of: int = VIDEO, *, key: bool = False, frame: bytes = b"frame") -> bytes:
    return element(0xA3, bytes([0x80 | of, 0, 0, 0x80 if key else 0]), frame)


def cluster(at: int, *blocks: bytes, key: bool = False) -> bytes:
    """``at``: milliseconds; one block of picture, if none is named."""
    return element(0x1F43B675, number(0xE7, at), *(blocks or (block(key=key),)))
