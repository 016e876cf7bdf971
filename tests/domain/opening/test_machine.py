"""Random legal and illegal orders of acts: nothing illegal is accepted, every history replays (R-STATE-01)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bidding.domain.bid.commands import SignIn
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.command import Command
from bidding.domain.control import commands as k
from bidding.domain.disclosure import is_public
from bidding.domain.errors import Refusal
from bidding.domain.event import encode
from bidding.domain.lot import Phase, replay
from bidding.domain.opening import commands as c
from bidding.domain.opening.decide import due
from bidding.domain.opening.events import SubmissionClosed
from bidding.domain.opening.outcomes import unreleased
from bidding.domain.parties import PLATFORM, Actor
from bidding.domain.regime import Regime
from tests.domain.opening.hall import HOST, MINUTE, OFFICER, T0, Hall, bidder
from tests.domain.opening.history import Checker
from tests.soaking import SOAK

NAMES = tuple(f"bidder-{letter}" for letter in "abcde")
WHO = st.sampled_from(NAMES)
OFFICE = st.sampled_from((HOST, OFFICER))
FAULT = st.sampled_from(("BIDDER", "OTHER"))
TIMERS: dict[str, Command] = {
    c.Close.NAME: c.Close(),
    c.EndWindow.NAME: c.EndWindow(),
    c.CloseConfirmation.NAME: c.CloseConfirmation(),
}
STEPS = st.sampled_from((timedelta(milliseconds=1), MINUTE, 5 * MINUTE, 11 * MINUTE))


class Openings(RuleBasedStateMachine):
    """``shadow``: the same lot in which nobody bids; outsiders must not be able to tell them apart."""

    @initialize(
        regime=st.sampled_from(list(Regime)),
        silence=st.booleans(),
        bids=st.integers(0, 5),
        steps=st.integers(0, 7),
    )
    def begin(self, regime: Regime, silence: bool, bids: int, steps: int) -> None:
        self.hall = Hall(regime=regime, silence=silence)
        self.shadow = Hall(regime=regime, silence=silence)
        self.checker = Checker(NAMES)
        self.checked = 0
        for name in NAMES[:bids]:
            self.hall.submit(name)
        for _ in range(steps):
            self.the_usual_next_step("BIDDER")

    def attempt(self, act: Callable[[Hall], object]) -> None:
        """A bidder's act, or one after the close: on this lot alone. Refusals are lawful, errors are not."""
        with suppress(Refusal):
            act(self.hall)

    def openly(self, act: Callable[[Hall], object]) -> None:
        """An act that knows of no bidder: before the close on the shadow too."""
        self.attempt(act)
        if not self.closed:
            with suppress(Refusal):
                act(self.shadow)

    @property
    def closed(self) -> bool:
        return any(isinstance(event, SubmissionClosed) for event in self.hall.events)

    def give(self, command: Command, actor: Actor = PLATFORM) -> None:
        self.openly(lambda hall: hall.give(command, actor))

    # -- anyone, anything, any time -----------------------------------------------------------------

    @rule(step=STEPS)
    def time_passes(self, step: timedelta) -> None:
        self.hall.now += step
        self.shadow.now = self.hall.now

    @rule()
    @precondition(lambda self: self.hall.now < T0 - MINUTE)
    def deadline_draws_near(self) -> None:
        self.hall.now = self.shadow.now = T0 - MINUTE

    @rule(who=WHO)
    def submit(self, who: str) -> None:
        self.attempt(lambda hall: hall.submit(who))

    @rule(who=WHO)
    def upload(self, who: str) -> None:
        self.attempt(lambda hall: hall.upload(who))

    @rule(who=WHO)
    def withdraw(self, who: str) -> None:
        self.attempt(lambda hall: hall.withdraw(who))

    @rule(who=WHO)
    def sign_in(self, who: str) -> None:
        self.attempt(lambda hall: hall.give(SignIn(), bidder(who)))

    @rule(command=st.sampled_from((c.PublishRoll(), c.OrderRelease(), c.Announce())), actor=OFFICE)
    def host_acts(self, command: Command, actor: Actor) -> None:
        self.give(command, actor)

    @rule(actor=OFFICE)
    def office_keys(self, actor: Actor) -> None:
        self.openly(lambda hall: hall.office_keys(actor))

    @rule(who=WHO)
    def release(self, who: str) -> None:
        self.attempt(lambda hall: hall.release(who))

    @rule()
    def extend(self) -> None:
        self.give(c.ExtendWindow(minutes=3, reason="网络拥堵"), HOST)

    @rule(command=st.sampled_from(tuple(TIMERS.values())))
    def timer_fires(self, command: Command) -> None:
        self.give(command)

    @rule(minutes=st.integers(0, 12))
    def incident(self, minutes: int) -> None:
        self.openly(lambda hall: hall.incident(minutes_ago=minutes))

    @rule(number=st.integers(1, 3))
    def recover(self, number: int) -> None:
        self.openly(lambda hall: hall.recover(number))

    @rule()
    def suspend(self) -> None:
        self.give(k.Suspend(reason="投诉", order="1号"), OFFICER)

    @rule()
    def lift(self) -> None:
        self.give(k.Lift(reason="查毕"), OFFICER)

    @rule(who=WHO, fault=FAULT)
    def fault(self, who: str, fault: str) -> None:
        self.attempt(lambda hall: hall.fault(who, fault))

    @rule(resolution=st.sampled_from((c.ResolveHold(resolution="remedy", reason="x"),)))
    def resolve(self, resolution: c.ResolveHold) -> None:
        self.attempt(lambda hall: hall.give(resolution, OFFICER))

    @rule(actor=OFFICE)
    def form_key(self, actor: Actor) -> None:
        self.attempt(lambda hall: hall.give(c.PublishFormKey(private_key="A" * 43), actor))

    @rule(broken=st.sampled_from(((), ((NAMES[0], "commitment"),), ((NAMES[1], "root"),))))
    def bring_in(self, broken: tuple[tuple[str, str], ...]) -> None:
        self.attempt(lambda hall: hall.bring_in(broken=broken))

    @rule(who=WHO)
    @precondition(lambda self: self.hall.lot.opening.announcement is not None)
    def confirm(self, who: str) -> None:
        self.attempt(lambda hall: hall.confirm(who))

    @rule(who=WHO, kind=st.sampled_from(("mismatch", "objection")))
    def object(self, who: str, kind: str) -> None:
        self.attempt(lambda hall: hall.object(who, kind))

    @rule(number=st.integers(1, 2))
    def answer(self, number: int) -> None:
        self.attempt(lambda hall: hall.give(c.AnswerObjection(number=number, answer="无误"), HOST))

    @rule(actor=OFFICE)
    @precondition(lambda self: self.hall.lot.opening.silence is not None)
    def sign(self, actor: Actor) -> None:
        self.attempt(lambda hall: hall.sign(actor))

    # -- the usual next step, so that histories reach the end ---------------------------------------

    @rule(fault=FAULT)
    def the_usual_next_step(self, fault: str) -> None:
        if self.hall.lot.control.suspended is not None:
            return self.lift()
        for incident in self.hall.lot.opening.open_incidents:
            self.recover(incident.number)
        for name, instant in due(self.hall.lot):
            self.hall.now = self.shadow.now = max(self.hall.now, instant)
            return self.give(TIMERS[name])
        if self.hall.lot.phase is Phase.CLOSED:
            return self.give(c.PublishRoll(), HOST)
        if self.hall.lot.phase is Phase.OPENING:
            self._in_the_opening(fault)
        return None

    def _in_the_opening(self, fault: str) -> None:
        opening = self.hall.lot.opening
        if opening.release_window is None:
            for actor in (HOST, OFFICER):
                self.office_keys(actor)
            self.give(c.OrderRelease(), HOST)
            for who in NAMES[:3]:
                self.release(who)
        elif opening.announcement is None:
            for who in unreleased(self.hall.lot):
                self.fault(who, fault)
            for actor in (HOST, OFFICER):
                self.form_key(actor)
            self.attempt(lambda hall: hall.bring_in())
            self.give(c.Announce(), HOST)
        for objection in opening.unanswered:
            self.answer(objection.number)
        if opening.silence is not None:
            for actor in (HOST, OFFICER):
                self.sign(actor)

    # -- what must hold -----------------------------------------------------------------------------

    @invariant()
    def every_accepted_event_was_lawful(self) -> None:
        for stream, event in self.hall.log[self.checked :]:
            self.checker.take(stream, event)
        self.checked = len(self.hall.log)

    @invariant()
    def every_history_replays_to_the_same_state(self) -> None:
        assert replay("lot-1", self.hall.events) == self.hall.lot
        for name, bid in self.hall.bids.items():
            own = [event for stream, event in self.hall.log if stream == f"bid-lot-1-{name}"]
            assert replay_bid(own, lot="lot-1", bidder=name) == bid

    @invariant()
    def outsiders_cannot_tell_how_many_bid(self) -> None:
        if not self.closed:
            assert public(self.hall) == public(self.shadow)


def public(hall: Hall) -> list[bytes]:
    return [encode(event) for event in hall.events if is_public(event)]


TestOpenings = Openings.TestCase
TestOpenings.settings = settings(max_examples=SOAK or 150, stateful_step_count=40)
