"""A whole lot through random lawful and unlawful commands, from the file to the contract (R-STATE-01).

Half of what is tried is the next lawful act, so that histories get far; the rest is anybody giving anything
at any time: every command there is, by every kind of actor, with contents that fit the lot or are odd.
``make soak`` walks for minutes, by a seed that it prints.
"""

from datetime import datetime
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.command import COMMANDS, Command
from bidding.domain.complaint.events import Subject
from bidding.domain.control import commands as k
from bidding.domain.control.events import Addressee, OrderKind
from bidding.domain.course import HAPPENS_IN, ONCE, STANDS_ON
from bidding.domain.disclosure import view, visible
from bidding.domain.errors import Refusal
from bidding.domain.evaluation import commands as v
from bidding.domain.event import Event, decode, encode
from bidding.domain.lot import PHASE_AFTER, PHASES_BEFORE, Phase, replay
from bidding.domain.money.events import Kind, ReceivableRaised
from bidding.domain.notice import commands as n
from bidding.domain.parties import PLATFORM, Actor, Standing
from bidding.domain.registry import DECIDERS
from bidding.domain.waiver import Charge
from tests.domain.opening.hall import CENTRE, HOST, MINUTE, OFFICER, bidder
from tests.domain.opening.history import Checker
from tests.domain.sampling import sample
from tests.domain.test_permissions import COLUMNS, MAY_GIVE
from tests.domain.walk.law import IN_PHASE, NEXT
from tests.domain.walk.lot import EXPERTS, FILINGS, NAMES, OWNER, Act, WholeLot
from tests.soaking import SOAK

#: command → (standings that may give it, refused while suspended): the table of the permissions' own test.
ROWS = {
    name: ({COLUMNS[place] for place, cell in enumerate(cells) if cell == "x"}, "f" in flags)
    for name, *cells, flags in (line.split() for line in MAY_GIVE.split("\n") if line)
}
ACTORS = (HOST, OFFICER, CENTRE, OWNER, PLATFORM, *map(bidder, NAMES), *EXPERTS[:6], EXPERTS[-1])
#: Decided here with what the application would find beside. What stands on other streams is not walked.
FURTHER = [
    "admission/submit",
    "booking/book",
    "bid/start-upload",
    "bid/withdraw",
    "bid/sign-in",
    "opening/close",
    "opening/publish-roll",
    "opening/publish-office-keys",
    "opening/publish-form-key",
    "opening/release",
    "evaluation/draw",
    "evaluation/recuse",
]
WALKED = sorted(({command.NAME for command in DECIDERS} | set(FURTHER)) - {"control/terminate"})
AUDIENCES = [frozenset({Standing.ANYONE, one}) for one in Standing]
PAUSES = st.sampled_from((1, 11, 61, 24 * 60, 4 * 24 * 60))
SOME = st.lists(st.sampled_from(WALKED), min_size=1, max_size=8, unique=True)
#: What stops or turns a lot, tried more often than its share.
DISTURBING = [
    "control/suspend",
    "control/lift",
    "control/order",
    "control/acknowledge",
    "complaint/lodge",
    "complaint/accept",
    "complaint/decide",
    "notice/object",
    "notice/clarify",
    "notice/answer-objection",
    "opening/open-incident",
    "opening/close-incident",
    "opening/extend-window",
    "award/object",
    "award/query",
    "award/answer-objection",
    "award/answer-query",
    "award/remedy",
    "bid/withdraw",
    "bid/sign-in",
    "evaluation/recuse",
    "admission/amend-funding",
]
FIRST = st.sampled_from(NAMES)


class Walk(RuleBasedStateMachine):
    @initialize(filing=st.sampled_from(sorted(FILINGS)), steps=st.integers(0, 26))
    def begin(self, filing: str, steps: int) -> None:
        self.walked = WholeLot(filing)
        self.checker = Checker(NAMES)
        self.looked_at = self.told = 0
        self.phase = Phase.DRAFT
        self.before: set[type[Event]] = set()
        self.latest: datetime | None = None
        for _ in range(steps):
            self.the_next_lawful_act()

    def attempt(self, command: Command, actor: Actor) -> None:
        """Nothing but a refusal may come instead of events, and a refusal leaves nothing behind."""
        lot, bids, log = self.walked.lot, dict(self.walked.bids), list(self.walked.log)
        try:
            self.walked.give(command, actor)
        except Refusal:
            assert (self.walked.lot, self.walked.bids, self.walked.log) == (lot, bids, log)

    # -- what is tried ------------------------------------------------------------------------------

    @rule()
    def the_next_lawful_act(self) -> None:
        try:
            self.walked.step()
        except Refusal:
            self.walked.now += MINUTE

    @rule(pause=PAUSES)
    def time_passes(self, pause: int) -> None:
        self.walked.now += pause * MINUTE

    @rule(names=SOME, actor=st.sampled_from(ACTORS))
    def anybody_gives_anything(self, names: list[str], actor: Actor) -> None:
        for name in names:
            self.attempt(sample(COMMANDS[name]), actor)

    @rule(names=SOME, who=FIRST, number=st.integers(1, 2))
    def all_try_what_might_fit(self, names: list[str], who: str, number: int) -> None:
        for name in names:
            for actor in ACTORS:
                self.attempt(self._fitting(COMMANDS[name], who, number), actor)

    @rule(name=st.sampled_from(DISTURBING), who=FIRST)
    def somebody_disturbs(self, name: str, who: str) -> None:
        for actor in ACTORS:
            self.attempt(self._fitting(COMMANDS[name], who, 1), actor)

    @rule(dice=st.integers(1, 6))
    def the_end(self, dice: int) -> None:
        """Seldom, for nothing comes after it."""
        if dice == 6:
            self.attempt(k.Terminate(reason="项目取消"), OFFICER)

    def _fitting(self, command: type[Command], who: str, number: int) -> Command:
        """A command whose numbers, hashes and names are those of the lot as it stands."""
        lot = self.walked.lot
        whole: dict[type[Command], Any] = {
            type(self.walked.filing): lambda: self.walked.filing,
            type(self.walked.publication()): self.walked.publication,
            v.DrawCommittee: lambda: v.DrawCommittee(representatives=("delegate",)),
            v.SubmitScores: self.walked.marks,
            n.Clarify: lambda: n.Clarify(text="更正", affects_bids=number == 1),
            k.IssueOrder: lambda: k.IssueOrder(
                kind=OrderKind.CORRECT,
                addressee=Addressee.HOST,
                text="说明",
                due=self.walked.now + 30 * MINUTE,
            ),
        }
        if command in whole:
            made = whole[command]()
            assert isinstance(made, Command)
            return made
        announced, bid = lot.opening.announcement, self.walked.bid(who).effective
        known = {
            "number": number,
            "objection": number,
            "complaint": 0,
            "bidder": who,
            "chosen": who,
            "barred": (),
            "passed_over": (),
            "report_hash": lot.evaluation.draft_hash,
            "contract_hash": lot.contract.contract_hash,
            "table_hash": announced.table_hash if announced is not None else "",
            "manifest_hash": bid.manifest_hash if bid is not None else "",
            "subject": Subject.OTHER,
            "knew": self.walked.now.date(),
            "began": self.walked.now - MINUTE,
            "ended": None,
            "text": "甲",
            "reason": "查",
            "at": None,
            "until": self.walked.now + 30 * MINUTE,
            "due": self.walked.now + 30 * MINUTE,
            "minutes": 30,
        }
        plain = sample(command)
        return msgspec.structs.replace(
            plain, **{name: value for name, value in known.items() if name in command.__struct_fields__}
        )

    # -- what must hold -----------------------------------------------------------------------------

    @invariant()
    def what_was_accepted_was_lawful(self) -> None:
        for act in self.walked.acts[self.looked_at :]:
            self._lawful(act)
        self.looked_at = len(self.walked.acts)

    def _lawful(self, act: Act) -> None:
        name, phase = act.command.NAME, act.before.phase
        may, forward = ROWS[name]
        assert act.held & may, f"{name} by {sorted(act.held)}"
        assert not (forward and act.before.control.suspended is not None), f"F-34: {name} while suspended"
        assert phase in IN_PHASE.get(name, frozenset(Phase)), f"R-STATE-01: {name} while {phase}"
        assert act.after.phase is phase or act.after.phase in NEXT[phase], f"{phase} → {act.after.phase}"
        grown = act.after.version - act.before.version
        assert grown == sum(not event.TOPIC.startswith("bid.") for event in act.events)

    @invariant()
    def what_was_told_was_lawful(self) -> None:
        for stream, event in self.walked.log[self.told :]:
            self.checker.known(event)
            if stream.startswith("lot-"):
                self._in_order(event)
                self._in_time(event)
            if isinstance(event, ReceivableRaised) and self._waives(event.kind):
                raise AssertionError(f"R-WAIVE-06: {event}")
        self.told = len(self.walked.log)

    def _in_order(self, event: Event) -> None:
        """Whoever checks the history has these tables alone."""
        kind = type(event)
        decided = PHASES_BEFORE.get(kind, HAPPENS_IN.get(kind))
        assert decided is None or self.phase in decided, f"R-STATE-01: {event.TOPIC} while {self.phase}"
        assert kind not in STANDS_ON or self.before & STANDS_ON[kind], f"R-STATE-01: {event.TOPIC} on nothing"
        assert kind not in ONCE or kind not in self.before, f"R-STATE-01: {event.TOPIC} twice"
        self.phase = PHASE_AFTER.get(kind, self.phase)
        self.before.add(kind)

    def _in_time(self, event: Event) -> None:
        at = getattr(event, "at", None)
        if at is not None:
            assert at <= self.walked.now, f"{event} of a later instant"
            assert self.latest is None or at >= self.latest, f"{event} before what came before it"
            self.latest = at

    def _waives(self, kind: Kind) -> bool:
        waiver = self.walked.lot.notice.waiver
        return waiver is not None and getattr(waiver, kind.value.lower()) is Charge.WAIVED

    def teardown(self) -> None:
        """From the stored bytes the same lot and bids come again, and each audience's part of them folds."""
        if not hasattr(self, "walked"):
            return
        stored = [(stream, event.TOPIC, encode(event)) for stream, event in self.walked.log]
        told = [(stream, decode(topic, state)) for stream, topic, state in stored]
        own = [event for stream, event in told if stream == "lot-lot-1"]
        assert replay("lot-1", own) == self.walked.lot
        for name, bid in self.walked.bids.items():
            acts = [event for stream, event in told if stream == f"bid-lot-1-{name}"]
            assert replay_bid(acts, lot="lot-1", bidder=name) == bid
        for audience in AUDIENCES:
            shown = view("lot-1", own, audience)
            assert shown.version == sum(visible(event, audience) for event in own)
            assert shown.version == 0 or shown.phase in Phase


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    stateful_step_count=60 if SOAK else 30,
    suppress_health_check=list(HealthCheck),
)


def test_a_file_handed_in_anew_and_an_order_to_one_sent_back_are_in_order() -> None:
    """R-SVC-03, R-PLAT-11: what a soak found in the history's table, and in this walk's own law."""
    walk = Walk()
    walk.begin(filing="D2", steps=1)
    for names in (["admission/submit"], ["admission/request-correction"], ["control/order"]):
        walk.all_try_what_might_fit(names=names, who=NAMES[0], number=1)
    walk.what_was_accepted_was_lawful()
    walk.what_was_told_was_lawful()
    topics = [event.TOPIC for _, event in walk.walked.log]
    assert topics.count("lot.submitted.v1") == 2
    assert walk.walked.lot.phase is Phase.DRAFT
    assert "lot.supervision-order-issued.v1" in topics
    walk.teardown()
