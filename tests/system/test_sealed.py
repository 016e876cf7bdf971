"""Whoever holds the database, the objects and the platform's keys cannot open a bid before T0, nor ever one of a
failed lot (F-11); and no bidder can have two prices to choose from."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from bidding.application.keyring import Keyring
from bidding.client.bid import MANIFEST, SIGNATURE, BidFolder, release, submit
from bidding.client.session import Problem
from bidding.crypto.bid import SUFFIX, unwrap_ceks
from bidding.crypto.body import MAGIC, commitment_matches
from bidding.crypto.canonical import b64, parse_canonical, unb64
from bidding.crypto.manifest import Wrap, manifest_hash, sign_manifest
from bidding.crypto.parts import part_hashes, root
from bidding.crypto.provider import KeyName, SoftProvider
from bidding.crypto.release import make_release, sign_release
from bidding.crypto.session import SessionPublic
from bidding.crypto.suite import key_id, unwrap, wrap
from bidding.crypto.target import body_context, wrap_info
from bidding.stage import opening
from bidding.stage.play import BidderOnStage, Play
from tests.crypto.reference import INFO, expand
from tests.crypto.test_two_prices import collide, keystream, xor
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, closed, hand_in, sealed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

_TEXT_KEY = re.compile(rb"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
_HEX_KEY = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


async def stolen(stand: Stand) -> bytes:
    """Every value of every table, every object, every file of the data folder."""
    found: list[bytes] = []
    settings = stand.service.settings
    assert settings.database_url is not None
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        tables = await connection.fetch("SELECT relname FROM pg_stat_user_tables ORDER BY relname")
        assert len(tables) > 5
        for (table,) in tables:
            for row in await connection.fetch(f'SELECT * FROM "{table}"'):
                found += [v if isinstance(v, bytes) else str(v).encode() for v in row.values()]
    finally:
        await connection.close()
    files = [path for path in settings.data.rglob("*") if path.is_file()]
    assert any(path.name == "platform.json" for path in files)
    assert any(MAGIC in path.read_bytes()[:64] for path in files), "the sealed bodies are not among the loot"
    return b"\n".join([*found, *(path.read_bytes() for path in files)])


def keys_in(loot: bytes) -> set[bytes]:
    """All that has the size of a key, in any spelling, aligned to the values that hold it."""
    found = {base64.urlsafe_b64decode(text + b"=") for text in _TEXT_KEY.findall(loot)}
    found |= {bytes.fromhex(text.decode()) for text in _HEX_KEY.findall(loot)}
    found |= {line for line in loot.split(b"\n") if len(line) == 32}
    return found


def derived_of(keyring: Keyring, lot: str) -> set[bytes]:
    """What the platform makes of its seed for this lot, and its own private keys."""
    evaluation = keyring.evaluation_key(lot)
    assert isinstance(keyring.provider, SoftProvider)
    return {
        evaluation.private,
        keyring.evaluation_seed,
        *(keyring.provider.key(name).private for name in KeyName),
        keyring.possession_nonce(b""),
    }


def opens(folder: BidFolder, keys: set[bytes]) -> Iterator[str]:
    """Envelopes whose content key one of ``keys`` is, or unwraps."""
    manifest = folder.manifest
    for envelope in manifest.envelopes:
        target = manifest.target(envelope.name)
        wrapped = [unb64(one.wrapped) for one in envelope.wraps]
        for key in keys:
            if commitment_matches(key, envelope.header_bytes, body_context(target)):
                yield envelope.name
            if any(unwrap(one, key, wrap_info(target)) for one in wrapped):
                yield envelope.name


async def test_stolen_database_objects_and_keys_open_no_bid(own: Stand, folder: Path) -> None:
    async with tender(own, folder / "papers", bidders=2) as play:
        await all_hand_in(play)
        bids = [one.folder for one in play.bidders if one.folder is not None]
        assert len(bids) == 2
        keys = keys_in(await stolen(own)) | derived_of(own.service.keyring, play.lot)
        assert len(keys) > 50
        for bid in bids:
            assert list(opens(bid, keys)) == []
        # The search is sound: with the bidder's own device it finds all of that bid, and nothing of the other.
        device = play.bidders[0].member.session.device.opening.private
        assert set(opens(bids[0], keys | {device})) == {e.name for e in bids[0].manifest.envelopes}
        assert list(opens(bids[1], keys | {device})) == []

        # T0: two are too few. Nothing that happens afterwards, or is tried, makes them readable.
        assert (await closed(play))["phase"] == "failed"
        for act in (
            play.agency.session.command(play.lot, "opening/publish-roll"),
            play.agency.session.command(play.lot, "opening/order-release"),
            release_as(play, play.bidders[0]),
        ):
            with pytest.raises(Problem) as refused:
                await act
            assert refused.value.status in (403, 409)
        after = keys_in(await stolen(own)) | derived_of(own.service.keyring, play.lot)
        for bid in bids:
            assert list(opens(bid, after)) == []


async def release_as(play: Play, one: BidderOnStage) -> object:
    return await one.member.session.command(
        play.lot, "opening/release", {"release": "{}", "release_signature": "AA"}
    )


# The two-prices attack: one form, valid AES-GCM under two keys; its bidder waits and releases the better one.

SIZE = 4096


def two_faced(folder: BidFolder, device: bytes, signing: bytes) -> tuple[bytes, bytes]:
    """Replace the folder's form by one whose only chunk opens under two keys, and sign that. Both keys."""
    manifest = folder.manifest
    target = manifest.target("form")
    salt, ceks = bytes(24), (bytes(range(32)), bytes(range(1, 33)))
    out = [expand(cek, INFO + salt + body_context(target), 76) for cek in ceks]
    (first, second) = [(one[:32], one[32:44]) for one in out]
    content = b'{"price_fen":1}'
    plaintext = (len(content).to_bytes(8, "big") + content).ljust(SIZE, b"\0")
    chunk = collide(xor(plaintext, keystream(*first, SIZE)), 255, first, second)
    header = salt + out[0][44:]
    body = MAGIC + header + chunk
    (folder.path / f"form{SUFFIX}").write_bytes(body)
    honest = manifest.envelope("form")
    assert honest.sealed_length == len(body)
    forged = msgspec.structs.replace(
        honest,
        root=root(part_hashes([body])).hex(),
        header=b64(header),
        wraps=(Wrap(key=key_id(device), wrapped=b64(wrap(ceks[0], device, wrap_info(target)))),),
    )
    envelopes = tuple(forged if one.name == "form" else one for one in manifest.envelopes)
    signed = sign_manifest(signing, msgspec.structs.replace(manifest, envelopes=envelopes))
    (folder.path / MANIFEST).write_bytes(signed.payload)
    (folder.path / SIGNATURE).write_text(b64(signed.signature) + "\n")
    return ceks


async def released_with(play: Play, one: BidderOnStage, cek: bytes) -> None:
    """Release this key for the form, and the true ones for the rest."""
    assert one.folder is not None
    manifest, device = one.folder.manifest, one.member.session.device
    view = await play.view()
    offices = {
        keys["office"]: parse_canonical(keys["announcement"].encode(), SessionPublic)
        for keys in view["opening"]["office_keys"]
    }
    made = make_release(
        {**unwrap_ceks(manifest, device.opening.private, device.opening.public), "form": cek},
        {envelope.name: manifest.target(envelope.name) for envelope in manifest.envelopes},
        offices["agency"],
        offices["supervisor"],
        manifest_hash=manifest_hash(manifest),
    )
    signed = sign_release(device.signing.private, made)
    await one.member.session.command(
        play.lot,
        "opening/release",
        {"release": signed.payload.decode(), "release_signature": b64(signed.signature)},
    )


async def test_a_bid_made_to_open_as_two_prices_opens_as_none(
    stand: Stand, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tender(stand, folder, bidders=4) as play:
        cheat, other_cheat, *honest = play.bidders
        keys = {}
        for one in (cheat, other_cheat):
            device = one.member.session.device
            keys[one.member.party] = two_faced(
                await sealed(play, one), device.opening.public, device.signing.private
            )
            assert one.folder is not None
            await submit(one.member.session, one.folder)  # no key is there yet: nobody can tell
        for one in honest:
            await hand_in(play, one)
        await closed(play)

        async def releases(_: Play) -> None:
            await released_with(play, cheat, keys[cheat.member.party][1])  # the other price's key
            await released_with(play, other_cheat, keys[other_cheat.member.party][0])  # the committed one
            for one in honest:
                assert one.folder is not None
                await release(one.member.session, one.folder)

        async def no_further(_: Play) -> None: ...

        monkeypatch.setattr(opening, "_release", releases)
        for act in ("_announce", "_confirm", "_sign_record"):
            monkeypatch.setattr(opening, act, no_further)
        await opening.opening(play)
        imported = {one["bidder"]: one for one in (await play.view())["opening"]["imported"]}
        assert not imported[cheat.member.party]["opened"]
        assert imported[cheat.member.party]["layer"] == "commitment"
        assert not imported[other_cheat.member.party]["opened"]
        assert imported[other_cheat.member.party]["layer"] == "padding"
        assert all(imported[one.member.party]["opened"] for one in honest)
