"""What the relay lets through: WebM as browsers record it, and nothing else (R-ROOM-01)."""

import pytest

from bidding.application.webm import Cluster, Head, NotWebM, read_cluster, read_head
from tests import webm

BOTH = Head(video=1, audio=2)


def test_a_head_names_its_tracks_and_what_plays_them() -> None:
    assert read_head(webm.head()) == BOTH
    assert BOTH.mime == 'video/webm;codecs="vp8,opus"'
    assert read_head(webm.head(webm.PICTURE)).mime == 'video/webm;codecs="vp8"'
    assert read_head(webm.head(webm.SOUND)) == Head(video=0, audio=2)
    assert Head(video=0, audio=2).mime == 'audio/webm;codecs="opus"'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "doctype"),
        (b"<html>", "size"),
        (webm.head(doctype=b"matroska"), "doctype"),
        (webm.head()[:-1], "size"),
        (webm.head() + webm.cluster(0), "head"),
        (webm.head(scale=1_000), "scale"),
        (webm.head(webm.track(webm.VIDEO, b"V_MPEG4/ISO/AVC")), "codec"),
        (webm.head(webm.track(webm.VIDEO, b"V_VP8", 127)), "tracks"),
        (webm.head(webm.PICTURE, webm.track(webm.VIDEO, b"V_VP8", 3)), "tracks"),
        (webm.head(webm.PICTURE, webm.track(webm.AUDIO, b"A_OPUS", 1)), "tracks"),
        (webm.head(b""), "tracks"),
        (webm.element(0x1A45DFA3, webm.element(0x4282, b"webm")), "segment"),
    ],
)
def test_what_is_no_head_is_refused_by_what_is_wrong_with_it(data: bytes, reason: str) -> None:
    with pytest.raises(NotWebM) as refused:
        read_head(data)
    assert refused.value.reason == reason


def test_a_cluster_tells_its_time_and_whether_a_player_can_begin_with_it() -> None:
    sound = webm.block(webm.AUDIO, key=True)
    assert read_cluster(webm.cluster(2500, key=True), BOTH) == Cluster(at=2500, key=True)
    assert not read_cluster(webm.cluster(2500), BOTH).key
    assert not read_cluster(webm.cluster(0, sound), BOTH).key  # a picture is wanted, and none is in it
    assert read_cluster(webm.cluster(0, sound, webm.block(key=True)), BOTH).key
    assert not read_cluster(webm.cluster(0, webm.block(), webm.block(key=True)), BOTH).key
    assert read_cluster(webm.cluster(0, sound), Head(video=0, audio=2)).key


def test_a_frame_in_a_group_is_a_key_frame_if_it_refers_to_none() -> None:
    inside = webm.element(0xA1, b"\x81\0\0\0frame")
    assert read_cluster(webm.cluster(0, webm.element(0xA0, inside)), BOTH).key
    after = webm.element(0xA0, inside, webm.number(0xFB, 1))
    assert not read_cluster(webm.cluster(0, after), BOTH).key


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cluster"),
        (webm.head(), "cluster"),
        (webm.cluster(0) + b"\0", "cluster"),
        (webm.cluster(0)[:-1], "size"),
        (webm.cluster(0) + webm.cluster(1), "cluster"),
        (webm.element(0x1F43B675, webm.block()), "timestamp"),
        (webm.element(0x1F43B675, webm.number(0xE7, 0)), "block"),
        (webm.element(0x1F43B675, webm.number(0xE7, 0), size=webm.UNKNOWN), "size"),
        (webm.cluster(0, webm.block(3)), "block"),
        (webm.cluster(0, webm.element(0xA3, b"\x81\0\0\0")), "block"),
        (webm.cluster(0, webm.element(0xEC, b"void")), "element"),
        (webm.cluster(0, webm.element(0xA0, b"")), "block"),
    ],
)
def test_what_is_no_whole_cluster_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotWebM) as refused:
        read_cluster(data, BOTH)
    assert refused.value.reason == reason
