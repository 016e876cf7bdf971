"""F-20: the coefficients of the price score are drawn at the opening (R-OPEN-27, R-DRAW-01, R-DRAW-02)."""

import json
from datetime import timedelta

import pytest

from bidding.application.draws import choose
from bidding.crypto.canonical import b64
from bidding.crypto.draws import commitment
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooEarly, TooLate
from bidding.domain.event import Event, SignedAct
from bidding.domain.lot import replay
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.record import record_text
from bidding.domain.opening.transcript import transcripts
from bidding.domain.parties import Actor
from bidding.domain.scoring import MixedBase, ReasonableLow, Source
from tests.domain.opening.drawhall import CHAIN, NONCES, REVEAL, DrawHall
from tests.domain.opening.hall import CENTRE, HOST, MINUTE, OFFICER, T0, Hall, bidder

NAMES = ("a", "b", "c")
ORDER = (Source.SUPERVISOR, Source.AGENCY, Source.BEACON)
OTHER = bytes(32)


def hall() -> DrawHall:
    return DrawHall()


def frozen() -> DrawHall:
    at = hall()
    at.freeze(*NAMES)
    return at


def drawn_by(at: DrawHall) -> str:
    (event,) = at.give(c.DrawCoefficients())
    assert isinstance(event, e.CoefficientsDrawn)
    return event.drawn[0].value


def outcome(at: DrawHall) -> str:
    """What the public draw would come to with what is revealed so far."""
    return choose(transcripts(at.lot)[0], ("0.01", "0.02", "0.03")).value


def test_from_the_commitments_to_the_announcement() -> None:
    at = frozen()
    for source in ORDER:
        assert at.lot.opening.drawing.awaited is source
        at.reveal(source)
    assert drawn_by(at) in {"0.01", "0.02", "0.03"}
    at.give(c.Announce(), HOST)
    assert at.lot.opening.announcement is not None


def test_two_coefficients_are_drawn_each_by_its_own_name() -> None:
    """R-SCORE-13: α and β from one round of reveals, each with a seed of its own."""
    base = MixedBase(alpha_choices=("0", "0.01"), beta_choices=("0.03", "0.04"))
    at = DrawHall(ReasonableLow(base=base, e1="1", e2="0.5"))
    at.freeze(*NAMES)
    for source in ORDER:
        at.reveal(source)
    at.give(c.DrawCoefficients())
    alpha, beta = at.lot.opening.drawing.drawn
    assert (alpha.coefficient, beta.coefficient) == ("alpha", "beta")
    assert alpha.seed != beta.seed


# -- R-DRAW-01: only when the opened set is frozen ----------------------------------------------------


def test_nothing_is_drawn_before_the_import() -> None:
    at = hall()
    at.commit_draw(Source.SUPERVISOR, Source.AGENCY)
    at.order(*NAMES)
    at.release(*NAMES)
    at.end_window()
    at.form_keys()
    with pytest.raises(OutOfOrder, match="opened-set-not-frozen"):
        at.give(c.OpenDraw())


def test_nothing_is_drawn_while_an_outcome_is_open() -> None:
    at = hall()
    at.commit_draw(Source.SUPERVISOR, Source.AGENCY)
    at.order(*NAMES, "d")
    at.release(*NAMES, "d")
    at.end_window()
    at.form_keys()
    at.give(c.Import(), results=at.results(broken=[("d", "form")]))
    with pytest.raises(OutOfOrder, match="opened-set-not-frozen"):
        at.give(c.OpenDraw())
    at.fault("d", "BIDDER")
    (opened,) = at.give(c.OpenDraw())
    assert isinstance(opened, e.DrawOpened)
    assert [one.bidder for one in opened.bids] == list(NAMES)
    assert at.give(c.OpenDraw()) == []


def test_no_bid_is_taken_out_once_the_set_is_frozen() -> None:
    """Who saw the coefficient coming could else revoke a bid and so move the base."""
    at = frozen()
    with pytest.raises(TooLate, match="revocation-after-freeze"):
        at.withdraw("a")


def test_the_announcement_waits_for_the_draw() -> None:
    at = frozen()
    with pytest.raises(OutOfOrder, match="coefficients-not-drawn"):
        at.give(c.Announce(), HOST)


# -- R-DRAW-02: commitments -----------------------------------------------------------------------------


def test_a_commitment_is_given_once_and_before_the_deadline() -> None:
    at = hall()
    at.commit_draw(Source.AGENCY)
    with pytest.raises(Conflicting, match="draw-committed"):
        at.commit_draw(Source.AGENCY)
    at.now = T0
    with pytest.raises(TooLate, match="draw-commitment-too-late"):
        at.commit_draw(Source.SUPERVISOR)


@pytest.mark.parametrize(
    ("actor", "commitment", "reserve"),
    [(HOST, "ab" * 32, ""), (HOST, "ab" * 32, "ab" * 32), (OFFICER, "ab" * 32, "cd" * 32)],
)
def test_the_agency_alone_has_a_reserve(actor: Actor, commitment: str, reserve: str) -> None:
    with pytest.raises(Invalid, match="draw-reserve-is-the-agencys"):
        hall().give(c.CommitDraw(commitment=commitment, reserve=reserve), actor)


def test_a_lot_that_draws_nothing_takes_no_commitment() -> None:
    with pytest.raises(OutOfOrder, match="lot-draws-nothing"):
        Hall().give(c.CommitDraw(commitment="ab" * 32, reserve="cd" * 32), HOST)


def test_nothing_before_the_deadline_depends_on_who_bids() -> None:
    """R-GEN-04: the same public events with five bids as with none."""

    def before(*names: str) -> list[Event]:
        at = hall()
        for name in names:
            at.submit(name)
        at.commit_draw(Source.SUPERVISOR, Source.AGENCY)
        return at.events

    assert before() == before("a", "b", "c", "d", "e")


# -- R-DRAW-02: who reveals last cannot choose --------------------------------------------------------------


@pytest.mark.parametrize("place", range(len(ORDER)))
def test_each_is_held_to_what_it_committed_to(place: int) -> None:
    """Another nonce, and another value of the chain than the next, are refused, at each place of the order."""
    at = frozen()
    for source in ORDER[:place]:
        at.reveal(source)
    for other in (OTHER, CHAIN[0], CHAIN[2], *NONCES.values()):
        if other != NONCES.get(ORDER[place]):
            with pytest.raises(Invalid, match="reveal-differs"):
                at.reveal(ORDER[place], other)
    at.reveal(ORDER[place])


def test_the_beacon_is_not_known_at_the_last_reveal_of_a_nonce() -> None:
    """When the agency reveals, only the chain's head is public; the value behind it decides between all outcomes."""
    at = frozen()
    at.reveal(Source.SUPERVISOR)
    at.reveal(Source.AGENCY)
    public = b"".join(msg.encode() for msg in (json.dumps(str(event)) for event in at.events))
    assert b64(CHAIN[0]).encode() in public
    assert b64(CHAIN[1]).encode() not in public
    seen = set()
    for number in range(40):
        value = b64(number.to_bytes(32, "big"))
        shown = e.DrawRevealed(
            source=Source.BEACON, value=value, by="supervisor", at=at.now, until=None, signed=at_signed(at)
        )
        seen.add(choose(transcripts(replay("lot-1", [*at.events, shown]))[0], ("0.01", "0.02", "0.03")).value)
    assert seen == {"0.01", "0.02", "0.03"}


def at_signed(at: DrawHall) -> SignedAct:
    return next(event.signed for event in at.events if isinstance(event, e.DrawCommitted))


def test_the_order_is_the_declared_one() -> None:
    """The supervisor, who knows the beacon, speaks before the agency's nonce is known."""
    at = frozen()
    with pytest.raises(OutOfOrder, match="reveal-not-your-turn"):
        at.reveal(Source.AGENCY)
    at.reveal(Source.SUPERVISOR)
    with pytest.raises(OutOfOrder, match="reveal-not-your-turn"):
        at.reveal(Source.BEACON)


def test_a_withheld_beacon_is_replaced_by_what_the_supervisor_cannot_know() -> None:
    at = frozen()
    at.reveal(Source.SUPERVISOR)
    at.reveal(Source.AGENCY)
    without = outcome(at)
    at.miss()
    assert at.lot.opening.drawing.awaited is Source.RESERVE
    at.reveal(Source.RESERVE)
    drawn = drawn_by(at)
    (transcript,) = transcripts(at.lot)
    assert json.loads(transcript)["reserve"]["nonce"] == b64(NONCES[Source.RESERVE])
    assert (drawn, without) == (outcome(at), without)


def test_no_instant_goes_into_the_seed() -> None:
    """The platform writes the instants: it could try them until it likes the coefficient."""
    early, late = frozen(), frozen()
    for source in ORDER:
        early.reveal(source)
        late.now += MINUTE
        late.reveal(source)
    assert transcripts(early.lot) == transcripts(late.lot)
    assert drawn_by(early) == drawn_by(late)


# -- R-DRAW-02: who does not come is left out --------------------------------------------------------------


def test_a_missed_reveal_is_logged_and_the_draw_goes_on() -> None:
    at = frozen()
    with pytest.raises(TooEarly, match="window-still-open"):
        at.give(c.MissReveal())
    (missed,) = at.miss()
    assert isinstance(missed, e.DrawRevealMissed)
    assert missed.source is Source.SUPERVISOR
    with pytest.raises(OutOfOrder, match="reveal-not-your-turn"):
        at.reveal(Source.SUPERVISOR)
    for source in (Source.AGENCY, Source.BEACON):
        at.reveal(source)
    assert drawn_by(at) == outcome(at)
    assert json.loads(transcripts(at.lot)[0])["nonces"][0]["nonce"] is None


def test_a_reveal_after_its_term_is_too_late() -> None:
    at = frozen()
    at.now += REVEAL * MINUTE
    with pytest.raises(TooLate, match="reveal-over"):
        at.reveal(Source.SUPERVISOR)


def test_an_office_that_committed_to_nothing_is_named() -> None:
    at = hall()
    at.commit_draw(Source.AGENCY)
    at.order(*NAMES)
    at.release(*NAMES)
    at.end_window()
    at.form_keys()
    at.give(c.Import(), results=at.results())
    (opened,) = at.give(c.OpenDraw())
    assert isinstance(opened, e.DrawOpened)
    assert opened.uncommitted == (Source.SUPERVISOR,)
    assert at.lot.opening.drawing.awaited is Source.AGENCY


def test_an_outage_makes_nobody_miss_a_reveal() -> None:
    """R-INC-01: its minutes are given back."""
    at = frozen()
    window = at.lot.opening.drawing.window
    assert window is not None
    at.now += MINUTE
    at.give(c.OpenIncident(kind="power", cause="停电"), CENTRE)
    at.now = window.ends + MINUTE
    with pytest.raises(OutOfOrder, match="incident-open"):
        at.give(c.MissReveal())
    at.give(c.CloseIncident(number=1, cause="停电"), CENTRE)
    longer = at.lot.opening.drawing.window
    assert longer is not None
    assert longer.ends - window.ends >= timedelta(minutes=REVEAL)
    at.reveal(Source.SUPERVISOR)


# -- the draw itself --------------------------------------------------------------------------------------------


def test_nothing_is_drawn_while_a_reveal_is_awaited() -> None:
    at = frozen()
    at.reveal(Source.SUPERVISOR)
    with pytest.raises(OutOfOrder, match="reveals-awaited"):
        at.give(c.DrawCoefficients())


def test_it_is_drawn_once() -> None:
    at = frozen()
    for source in ORDER:
        at.reveal(source)
    drawn_by(at)
    assert at.give(c.DrawCoefficients()) == []
    with pytest.raises(OutOfOrder, match="no-reveal-awaited"):
        at.reveal(Source.BEACON)


def test_the_transcript_names_all_that_the_draw_rests_on() -> None:
    at = frozen()
    for source in ORDER:
        at.reveal(source)
    said = json.loads(transcripts(at.lot)[0])
    assert said["draw"] == "k"
    assert said["pool"] == ["0.01", "0.02", "0.03"]
    assert [one["bidder"] for one in said["bids"]] == list(NAMES)
    assert said["beacon"] == {"anchor": b64(CHAIN[0]), "value": b64(CHAIN[1])}
    held = commitment(["lot-1", "agency", "agency"], NONCES[Source.AGENCY])
    assert said["nonces"][1]["commitment"] == held


def test_the_opening_record_holds_the_draw() -> None:
    """R-OPEN-04: and without the chain's head that was given before the notice, for only the offices saw that."""
    at = frozen()
    for source in ORDER:
        at.reveal(source)
    drawn = drawn_by(at)
    record = json.loads(record_text(at.lot))
    assert record["drawing"]["drawn"][0]["value"] == drawn
    assert "drawing" not in json.loads(record_text(Hall().lot))


def test_a_bidder_reveals_nothing() -> None:
    with pytest.raises(Forbidden):
        frozen().give(c.RevealDraw(value=b64(OTHER)), bidder("a"))
