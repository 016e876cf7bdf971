"""What an audience sees of a timeline is what its own events tell (R-GEN-04, R-DOC-03; R-NB-ZX-01, R-NB-ZX-02)."""

from datetime import timedelta

from bidding.application.rulebook import rulebook
from bidding.domain.disclosure import SPECTATOR, view, visible
from bidding.domain.notice import objections
from bidding.domain.notice.commands import Object
from bidding.domain.timeline import State, Step, Who
from tests.domain.lots import READER, at, facts, fold, noticed
from tests.domain.opening.hall import HOST, OFFICER, Hall
from tests.rules.nodes import nodes


def test_before_the_deadline_no_node_depends_on_the_bids() -> None:
    """The lot with no bid at all and the lot with three show spectators and offices the same."""
    empty, full = Hall(), Hall()
    for name in ("a", "b", "c"):
        full.submit(name)
    full.withdraw("c")
    for lots in ((empty.lot, full.lot), tuple(view("lot-1", h.events, SPECTATOR) for h in (empty, full))):
        first, second = (nodes(lot, empty.now) for lot in lots)
        assert first == second


def test_an_unanswered_objection_to_the_document_is_the_offices_affair() -> None:
    lot = noticed()
    raised = objections.object_to_document(lot, Object(text="问"), facts(READER, at(10)))
    office = nodes(fold(lot, raised), at(11))
    public = nodes(fold(lot, [event for event in raised if visible(event, SPECTATOR)]), at(11))
    assert Step.DOCUMENT_ANSWER in {one.step for one in office}
    assert Step.DOCUMENT_ANSWER not in {one.step for one in public}
    assert READER.party not in str(office)


def test_the_public_view_of_a_whole_opening_has_every_public_node_done() -> None:
    hall = Hall()
    hall.announce("a", "b", "c")
    hall.confirm("a", "b", "c")
    hall.close_confirmation()
    hall.sign(HOST)
    hall.sign(OFFICER)
    public = view("lot-1", hall.events, SPECTATOR)
    shown = {one.step: one for one in nodes(public, hall.now + timedelta(days=30))}
    opened = [
        Step.DEADLINE,
        Step.ROLL,
        Step.RELEASE,
        Step.ANNOUNCEMENT,
        Step.CONFIRMATION,
        Step.OPENING_RECORD,
    ]
    assert {shown[step].state for step in opened} == {State.DONE}
    # the report is not public: nobody outside can call the committee late
    assert (shown[Step.REPORT].state, shown[Step.PUBLICITY_START].due) == (State.OPEN, None)


# The words beside the nodes


def test_every_node_party_and_state_has_words_in_both_languages() -> None:
    book = rulebook()
    assert book.nodes.keys() == set(Step)
    assert book.who.keys() == set(Who)
    assert book.states.keys() == set(State)
    words = [*book.nodes.values(), *book.who.values(), *book.states.values()]
    assert all(one.zh and one.en for one in words)
