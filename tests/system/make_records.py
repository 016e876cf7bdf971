"""Makes the played record that both verifiers are tested with: ``python -m tests.system.make_records`` (a minute).

A whole tender with a draw is played on a platform of its own, which ends with the command. That platform's receipt key
is kept beside it, so that tests can seal again what they altered, as a lying platform would. It signed nothing else.
"""

import asyncio
import json
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bidding.application.record.format import LotRecord
from bidding.cli.demo import scripts
from bidding.compose.settings import Settings
from bidding.crypto.canonical import b64, parse_canonical
from bidding.crypto.provider import KeyName, SoftProvider
from bidding.domain.opening.events import OfficeKeysPublished
from bidding.domain.parties import Actor
from tests.system.platforms import Stand, standing
from tests.system.tenders import performed

FOLDER = Path(__file__).parents[1] / "vectors" / "records"


async def supervisor_of(stand: Stand, lot: str) -> Actor:
    recorded = await stand.service.platform.journal.load(f"lot-{lot}")
    keys = (one.event for one in recorded if isinstance(one.event, OfficeKeysPublished))
    party = await stand.service.identity.party(next(one.by for one in keys if one.office == "supervisor"))
    return party.actor(party.credentials[0].credential)


async def made() -> None:
    script = next(one for one in scripts() if one.expect.waiver_row == "D6")
    with tempfile.TemporaryDirectory(prefix="bidding-records-") as name:
        settings = Settings(data=Path(name) / "data", port=0, live_port=0)
        async with AsyncExitStack() as stack:
            stand = await standing(settings, stack)
            report = await performed(stand, script, Path(name) / "play")
            if not report["ok"]:
                raise SystemExit(report["error"])
            record = await asyncio.to_thread(Path(report["record"]).read_bytes)
            lot = parse_canonical(record, LotRecord).lot
            bundle = await stand.service.bundles.export(lot, await supervisor_of(stand, lot))
            provider = stand.service.keyring.provider
            assert isinstance(provider, SoftProvider)
            key = provider.key(KeyName.TEST_RECEIPT)
    (FOLDER / "record.json").write_bytes(record)
    (FOLDER / "bundle.json").write_bytes(bundle)
    said = {
        "about": "Signed what lies here and nothing else.",
        "private": b64(key.private),
        "public": b64(key.public),
    }
    (FOLDER / "key.json").write_text(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run(made())
