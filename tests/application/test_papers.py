"""R-CRYP-03, R-SIGN-01 (20号令 40 [M]): a lot's papers, sealed and copied, for whoever may see what they say."""

import asyncio
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bidding.application.papercopy import pdf_copy
from bidding.application.papers import OfficeSeal, PaperKind, Papers
from bidding.compose.seals import NoSeal, office_seal
from bidding.crypto.canonical import b64
from bidding.crypto.ofd.document import Paper
from bidding.crypto.ofd.package import read_sealed
from bidding.domain.errors import OutOfOrder, Unknown
from tests.application.bidding_day import Day
from tests.application.house import LOT, House
from tests.application.test_papercopy import pages, squeezed
from tests.crypto.sm2_authority import authority
from tests.crypto.test_ofd import Office, holder


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("seal")
    root = authority(folder, "root")
    maker, maker_certificate = holder(folder, "maker")
    signer, certificate = holder(folder, "centre")
    return Office(
        root, maker, maker_certificate, signer, certificate, datetime.now(UTC).replace(microsecond=0)
    )


@pytest.fixture
async def day(house: House, tmp_path_factory: pytest.TempPathFactory, office: Office) -> Day:
    made = Day(house, tmp_path_factory.mktemp("bids"))
    await made.begin("a", "b", "c")
    return made


def papers(day: Day, office: Office) -> Papers:
    seal = OfficeSeal(office.stamp, (office.root,), (office.root,))
    return Papers(day.house.platform, day.house.bids, seal)


def read(data: bytes, office: Office) -> str:
    return read_sealed(data, [office.root], [office.root]).text


async def test_the_notice_is_everybodys_and_ones_receipt_ones_own(day: Day, office: Office) -> None:
    await day.submit("a")
    day.house.clock.instant = office.at  # the seal's certificate was made today
    made = papers(day, office)
    lot = await day.house.platform.load(LOT)
    said = read(await made.export(LOT, PaperKind.NOTICE, None), office)
    assert lot.notice.title in said
    assert lot.notice.notice_hash in said.replace("\n", "")
    receipt = await made.export(LOT, PaperKind.RECEIPT, day.actors["a"])
    effective = (await day.house.bids.bid(LOT, "a")).effective
    assert effective is not None
    assert effective.receipt_number in read(receipt, office).replace("\n", "")
    for actor in (day.actors["b"], None):
        with pytest.raises(Unknown, match="no-such-paper"):
            await made.export(LOT, PaperKind.RECEIPT, actor)


@pytest.mark.parametrize(
    "kind", [PaperKind.OPENING_RECORD, PaperKind.REPORT, PaperKind.AWARD_NOTICE, PaperKind.CONTRACT]
)
async def test_what_is_not_yet_or_not_ones_to_see_is_no_paper(
    day: Day, office: Office, kind: PaperKind
) -> None:
    with pytest.raises(Unknown, match="no-such-paper"):
        await papers(day, office).export(LOT, kind, day.actors["a"])


async def test_without_a_seal_there_is_none(day: Day) -> None:
    with pytest.raises(OutOfOrder, match="seal-absent"):
        await Papers(day.house.platform, day.house.bids, None).export(LOT, PaperKind.NOTICE, None)


async def test_a_copy_is_for_those_who_may_have_the_paper(day: Day, office: Office) -> None:
    await day.submit("a")
    day.house.clock.instant = office.at
    made = papers(day, office)
    everybodys = (PaperKind.NOTICE,)
    assert await made.listed(LOT, None) == await made.listed(LOT, day.actors["b"]) == everybodys
    assert await made.listed(LOT, day.actors["a"]) == (PaperKind.NOTICE, PaperKind.RECEIPT)
    for actor, kinds in ((None, everybodys), (day.actors["a"], (PaperKind.NOTICE, PaperKind.RECEIPT))):
        for kind in PaperKind:
            if kind in kinds:
                assert (await made.copy(LOT, kind, actor)).startswith(b"%PDF-")
            else:
                with pytest.raises(Unknown, match="no-such-paper"):
                    await made.copy(LOT, kind, actor)


async def test_a_paper_is_sealed_once_and_its_copy_names_it(day: Day, office: Office) -> None:
    await day.submit("a")
    day.house.clock.instant = office.at
    made = papers(day, office)
    for kind in (PaperKind.NOTICE, PaperKind.RECEIPT):
        first, again = await asyncio.gather(*(made.export(LOT, kind, day.actors["a"]) for _ in range(2)))
        assert first == again == await papers(day, office).export(LOT, kind, day.actors["a"])
        copy = await made.copy(LOT, kind, day.actors["a"])
        assert copy == await made.copy(LOT, kind, day.actors["a"])
        shown = [squeezed(one) for one in pages(copy)]
        assert all(hashlib.sha256(first).hexdigest() in one for one in shown)
        assert all(f"/lots/{LOT}/papers/{kind}.ofd" in one for one in shown)
        for line in read(first, office).split("\n"):
            assert squeezed(line) in "".join(shown), line


async def test_a_copy_is_made_once_however_often_it_is_asked_for(
    day: Day, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may ask, without login: the processors are for those who bid (R-PAIN-01)."""
    made: list[str] = []

    def counted(paper: Paper, ofd: bytes, where: str) -> bytes:
        made.append(where)
        return pdf_copy(paper, ofd, where)

    monkeypatch.setattr("bidding.application.papers.pdf_copy", counted)
    day.house.clock.instant = office.at
    asked = papers(day, office)
    copies = await asyncio.gather(*(asked.copy(LOT, PaperKind.NOTICE, None) for _ in range(3)))
    again = await papers(day, office).copy(LOT, PaperKind.NOTICE, None)
    assert {*copies, again} == {copies[0]}
    assert made == [f"/lots/{LOT}/papers/{PaperKind.NOTICE}.ofd"]


async def test_without_a_seal_there_is_nothing_to_copy(day: Day) -> None:
    made = Papers(day.house.platform, day.house.bids, None)
    assert await made.listed(LOT, None) == ()
    with pytest.raises(OutOfOrder, match="seal-absent"):
        await made.copy(LOT, PaperKind.NOTICE, None)


def written(folder: Path, office: Office, seal: bytes) -> Path:
    def pem(*certificates: bytes) -> bytes:
        return b"".join(
            x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in certificates
        )

    (folder / "seal.esl").write_bytes(seal)
    (folder / "signer.pem").write_bytes(pem(office.certificate))
    (folder / "signer.key").write_text(b64(office.signer.private) + "\n")
    for name in ("roots.pem", "makers.pem"):
        (folder / name).write_bytes(pem(office.root))
    return folder


def test_the_seal_of_a_folder_is_tried_at_the_start(office: Office, tmp_path: Path) -> None:
    found = office_seal(written(tmp_path, office, office.seal()), office.at)
    assert found is not None
    assert found.stamp.certificate == office.certificate
    assert office_seal(None, office.at) is None
    with pytest.raises(NoSeal, match="made anew"):
        office_seal(written(tmp_path, office, office.seal(signers=[])), office.at)
    (tmp_path / "signer.key").write_text(b64(bytes(31) + b"\x05"))
    with pytest.raises(NoSeal):
        office_seal(tmp_path, office.at)
    (tmp_path / "signer.key").unlink()
    with pytest.raises(NoSeal):
        office_seal(tmp_path, office.at)
