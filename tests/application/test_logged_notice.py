"""No bid is sealed for a notice that the witnessed log does not prove (docs/log.md): all see one notice, or none."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from bidding.application.log.noticed import as_served, logged_lot
from bidding.application.log.reader import LogReader
from bidding.application.log.receipts import LogReceipts
from bidding.application.log.witnessing import Witnessing
from bidding.cli.failure import Failure
from bidding.cli.lotview import parse_lot, require_logged
from bidding.cli.main import app
from bidding.crypto.canonical import canonical
from bidding.crypto.errors import LogError, NoteError
from bidding.crypto.log.disclosed import DisclosedLeaves
from bidding.crypto.log.policy import LogPolicy
from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.lot import Lot
from tests.application.house import LOT, House
from tests.application.test_log_receipts import IDENTITY, Proofs
from tests.domain.opening.hall import Hall
from tests.log.test_witnessing import NAMES, key, local

POLICY = LogPolicy(log=IDENTITY.key.vkey, witnesses=tuple(key(name).vkey for name in NAMES), quorum=2)


class Noticed:
    """A lot whose notice is in a log that two of three witnesses have cosigned."""

    def __init__(self, leaves: DisclosedLeaves, lot: Lot) -> None:
        self.leaves, self.lot = leaves, lot

    @property
    def proofs(self) -> bytes:
        return canonical(self.leaves)

    @property
    def served(self) -> bytes:
        return as_served(self.lot)

    def served_with(self, **notice: object) -> bytes:
        changed = msgspec.structs.replace(self.lot.notice, **notice)
        return as_served(msgspec.structs.replace(self.lot, notice=changed))


@pytest.fixture
async def noticed(house: House, tmp_path: Path) -> Noticed:
    await house.plant(Hall().log)
    log = Proofs(house)
    await log.sequencer.load()
    await log.sequencer.beat()
    asked = [local(tmp_path, name, IDENTITY.key) for name in NAMES[:2]]
    gate = house.platform.gate
    assert await Witnessing(log.store, gate, log.reader, IDENTITY.key, asked, 2).round()
    for one in asked:
        await one.close()
    reader = LogReader(log.store, IDENTITY.key, POLICY)
    receipts = LogReceipts(house.platform, log.store, reader, IDENTITY)
    recorded, _ = await house.platform.recorded(LOT, None)
    shown = view(LOT, [one.event for one in recorded], SPECTATOR)
    return Noticed(await receipts.of_lot(LOT, None), shown)


def test_the_log_tells_the_lot_as_the_platform_serves_it(noticed: Noticed) -> None:
    assert as_served(logged_lot(noticed.proofs, LOT, POLICY)) == noticed.served
    require_logged(parse_lot(noticed.served), noticed.proofs, POLICY)


def test_a_notice_that_one_bidder_alone_is_shown_is_not_sealed_for(noticed: Noticed) -> None:
    document = noticed.lot.notice.documents[-1]
    other = msgspec.structs.replace(document, sha256="0" * 64)
    for shown in (
        noticed.served_with(documents=(*noticed.lot.notice.documents[:-1], other)),
        noticed.served_with(title="另一公告"),
        noticed.served_with(deadline=noticed.lot.notice.deadline.replace(year=2027))
        if noticed.lot.notice.deadline
        else b"",
    ):
        with pytest.raises(Failure) as refused:
            require_logged(parse_lot(shown), noticed.proofs, POLICY)
        assert refused.value.code == 1


def test_too_few_witnesses_another_log_and_another_lot_prove_nothing(noticed: Noticed) -> None:
    with pytest.raises(LogError, match="2 witnesses, 3 are wanted"):
        logged_lot(noticed.proofs, LOT, msgspec.structs.replace(POLICY, quorum=3))
    stranger = msgspec.structs.replace(POLICY, log=key(NAMES[0]).vkey)
    with pytest.raises(LogError, match="another log"):
        logged_lot(noticed.proofs, LOT, stranger)
    with pytest.raises(LogError, match="no notice of this lot"):
        logged_lot(noticed.proofs, "lot-2", POLICY)
    empty = canonical(msgspec.structs.replace(noticed.leaves, leaves=()))
    with pytest.raises(LogError, match="no notice of this lot"):
        logged_lot(empty, LOT, POLICY)


def test_a_checkpoint_without_its_cosignatures_proves_nothing(noticed: Noticed) -> None:
    bare = [
        msgspec.structs.replace(one, proof="".join(one.proof.splitlines(keepends=True)[:-2]))
        for one in noticed.leaves.leaves
    ]
    stripped = canonical(msgspec.structs.replace(noticed.leaves, leaves=tuple(bare)))
    with pytest.raises((LogError, NoteError), match="0 witnesses, 2 are wanted"):
        logged_lot(stripped, LOT, POLICY)


def test_seal_refuses_before_it_reads_anything_else(noticed: Noticed, tmp_path: Path) -> None:
    lot, policy = tmp_path / "lot.json", tmp_path / "policy.json"
    lot.write_bytes(noticed.served_with(title="另一公告"))
    (tmp_path / "lot.log.json").write_bytes(noticed.proofs)
    policy.write_bytes(canonical(POLICY))
    told = ["seal", "--lot", str(lot), "--log-policy", str(policy), "--out", str(tmp_path / "bid")]
    rest = ["--key", str(tmp_path / "no.key"), "--form", str(tmp_path / "no.toml")]
    refused = CliRunner().invoke(app, [*told, *rest], env={"LANG": "en_US.UTF-8"})
    assert (refused.exit_code, (tmp_path / "bid").exists()) == (1, False)
    (tmp_path / "lot.log.json").unlink()
    missing = CliRunner().invoke(app, [*told, *rest])
    assert (missing.exit_code, "lot.log.json" in missing.output) == (5, True)
    (tmp_path / "lot.log.json").write_bytes(noticed.proofs)
    policy.write_text("{}")
    assert CliRunner().invoke(app, [*told, *rest]).exit_code == 2
