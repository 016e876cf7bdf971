"""Papers of a project, taken over from the tenderer's accepted files of the same mode (R-NB-HM-05)."""

from bidding.application.admission import AdmissionDesk
from bidding.application.platform import lot_stream
from bidding.application.ports import Offices
from bidding.domain.admission import decide
from bidding.domain.admission.commands import Admit, Submit
from bidding.domain.admission.filing import Mode
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.registration.state import Party
from tests.application.house import House
from tests.domain.admission.test_sharing import OWN
from tests.domain.lots import AGENCY, OPERATOR, TENDERER, eng_filing, entries, facts, fold
from tests.domain.opening.hall import NOTICED


class NoBars:
    async def operator_unit(self, party: Party) -> str:
        return ""


async def filed(house: House, lot_id: str, mode: Mode = Mode.LIVE) -> None:
    """An accepted file, known to its tenderer's office."""
    events: list[Event] = decide.submit(Lot(lot_id=lot_id), eng_filing(mode=mode), facts(), tenderer=TENDERER)
    lot = fold(Lot(lot_id=lot_id), events)
    events += decide.admit(lot, Admit(), facts(OPERATOR))
    await house.plant([(lot_stream(lot_id), event) for event in events])
    offices = Offices(parties=(TENDERER.party,), filed_at=NOTICED)
    position = await house.platform.journal.position()
    await house.platform.readmodels.save_lot("lots", position, None, lot_id, (), offices)


async def test_a_second_file_of_the_project_has_what_the_first_one_brought(house: House) -> None:
    house.register.known[TENDERER.party] = TENDERER
    desk = AdmissionDesk(house.platform, house.register, NoBars())
    house.platform.handlers.update(desk.handlers)
    await filed(house, "first")
    await filed(house, "rehearsal", Mode.TEST)
    command: Submit = eng_filing(section=2, checklist=(*OWN, *entries("price-limit")))
    lot_id, _ = await house.platform.create(command, house.call(AGENCY))
    second = (await house.platform.load(lot_id)).admission
    number = (await house.platform.load("first")).admission.number
    assert {one.item: one.shared_from for one in second.checklist if one.shared_from} == {
        "approval": number,
        "tender-scheme": number,
        "funding-proof": number,
    }
    assert [one.number for one in await desk.earlier(TENDERER.party, Mode.LIVE)] == [number]
