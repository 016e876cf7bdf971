"""The role table, cell by cell: who may give which command, who sees which event.

Both tables are written out here and compared with what the classes declare, for every standing: a wider
permission, a wider audience, a new command without a line all fail. A cell is ``x`` or ``.``.
"""

from functools import cache

import msgspec
import pytest

from bidding.domain.admission.state import Admission
from bidding.domain.award.state import Award
from bidding.domain.command import COMMANDS
from bidding.domain.disclosure import visible
from bidding.domain.errors import Forbidden
from bidding.domain.evaluation.state import Evaluation
from bidding.domain.event import TOPICS
from bidding.domain.lot import Lot
from bidding.domain.opening.state import Opening
from bidding.domain.parties import PLATFORM, Actor, Role, Standing
from bidding.domain.permissions import authorise, standings, table
from bidding.domain.registry import PHASES
from tests.domain.audience_table import SEES
from tests.domain.evaluation.tender import tender
from tests.domain.sampling import sample

COLUMNS = (
    Standing.ANYONE,
    Standing.MEMBER,
    Standing.BIDDER,
    Standing.PARTICIPANT,
    Standing.WINNER,
    Standing.COMMITTEE,
    Standing.HOST,
    Standing.TENDERER,
    Standing.OPERATOR,
    Standing.SUPERVISOR,
    Standing.PLATFORM,
)

#: Columns: anyone, member, bidder, participant, winner, committee, host, tenderer, operator, supervisor,
#: platform; then b = signed by the actor's credential, f = refused while suspended, g = needs If-Match.
MAY_GIVE = """
admission/admit                   .  .  .  .  .  .  .  .  x  .  .   -fg
admission/amend-funding           .  .  .  .  .  .  x  .  .  .  .   -fg
admission/keep-promise            .  .  .  .  .  .  x  .  .  .  .   ---
admission/mark-promises           .  .  .  .  .  .  .  .  .  .  x   ---
admission/override-waiver         .  .  .  .  .  .  .  .  .  x  .   bfg
admission/promise                 .  .  .  .  .  .  x  .  .  .  .   bf-
admission/request-correction      .  .  .  .  .  .  .  .  x  .  .   -fg
admission/submit                  .  x  .  .  .  .  .  .  .  .  .   -fg
alert/acknowledge                 .  .  .  .  .  .  x  x  x  x  .   b--
alert/raise                       .  .  .  .  .  .  .  .  .  .  x   ---
admission/verify-promise          .  .  .  .  .  .  .  .  x  .  .   ---
archive/confirm-erasure           .  .  .  .  .  .  .  .  .  .  x   ---
archive/dispose                   .  .  .  .  .  .  .  .  x  .  .   b-g
archive/erase-data                .  .  .  .  .  .  .  .  x  .  .   b--
archive/order-erasure             .  .  .  .  .  .  .  .  .  x  .   b--
award/answer-objection            .  .  .  .  .  .  x  .  .  .  .   b-g
award/answer-query                .  .  .  .  .  .  x  .  .  .  .   b-g
award/assess-query                .  .  .  .  .  .  .  x  .  .  .   b-g
award/check-proof                 .  .  .  .  .  .  x  x  .  .  .   bfg
award/determine                   .  .  .  .  .  .  .  x  .  .  .   bfg
award/hold-decision-meeting       .  .  .  .  .  .  .  x  .  .  .   bfg
award/issue-notice                .  .  .  .  .  .  x  .  .  .  .   bfg
award/object                      .  .  .  x  .  .  .  .  .  .  .   b--
award/publicise                   .  .  .  .  .  .  x  .  .  .  .   bfg
award/query                       .  .  .  x  .  .  .  .  .  .  .   b--
award/remedy                      .  .  .  .  .  .  .  x  .  .  .   bfg
award/report-to-supervisor        .  .  .  .  .  .  x  x  .  .  .   b-g
bid/join                          .  .  x  .  .  .  .  .  .  .  .   bf-
bid/record-deposit                .  .  .  .  .  .  .  .  x  .  .   -f-
bid/return-deposit                .  .  .  .  .  .  .  .  x  .  .   ---
bid/sign-in                       .  .  x  .  .  .  .  .  .  .  .   bf-
bid/start-upload                  .  .  x  .  .  .  .  .  .  .  .   -f-
bid/submit                        .  .  x  .  .  .  .  .  .  .  .   bf-
bid/withdraw                      .  .  x  .  .  .  .  .  .  .  .   bf-
booking/book                      .  .  .  .  .  .  x  .  .  .  .   -fg
booking/create-room               .  .  .  .  .  .  .  .  x  .  .   ---
booking/move                      .  .  .  .  .  .  .  .  .  .  x   ---
booking/release                   .  .  .  .  .  .  x  .  .  .  .   -fg
booking/vacate                    .  .  .  .  .  .  .  .  .  .  x   ---
complaint/accept                  .  .  .  .  .  .  .  .  .  x  .   b-g
complaint/ask-correction          .  .  .  .  .  .  .  .  .  x  .   b-g
complaint/correct                 .  x  .  .  .  .  .  .  .  .  .   b--
complaint/decide                  .  .  .  .  .  .  .  .  .  x  .   b-g
complaint/lodge                   .  x  .  .  .  .  .  .  .  .  .   b--
complaint/refuse                  .  .  .  .  .  .  .  .  .  x  .   b-g
complaint/resume-clock            .  .  .  .  .  .  .  .  .  x  .   b-g
complaint/stop-clock              .  .  .  .  .  .  .  .  .  x  .   b-g
complaint/withdraw                .  x  .  .  .  .  .  .  .  .  .   b--
conflict/decide                   .  .  .  .  .  .  .  .  .  x  .   b-g
conflict/review-change            .  .  .  .  .  .  x  x  .  .  .   bfg
contract/draft                    .  .  .  .  .  .  x  .  .  .  .   bfg
contract/mark-overdue             .  .  .  .  .  .  .  .  .  .  x   ---
contract/sign                     .  .  .  .  x  .  .  x  .  .  .   bf-
control/acknowledge               .  .  .  .  .  .  x  x  x  .  .   b--
control/expire-suspension         .  .  .  .  .  .  .  .  .  .  x   ---
control/fulfil                    .  .  .  .  .  .  x  x  x  .  .   b--
control/lift                      .  .  .  .  .  .  .  .  .  x  .   b-g
control/order                     .  .  .  .  .  .  .  .  .  x  .   b-g
control/produce                   .  .  .  .  .  .  .  .  .  x  .   b--
control/set-test-clock            .  .  .  .  .  .  x  .  x  .  .   ---
control/suspend                   .  .  .  .  .  .  .  .  .  x  .   b-g
control/terminate                 .  .  .  .  .  .  x  .  .  x  .   b-g
credit/attest                     .  .  .  .  .  .  .  .  .  x  .   b--
credit/check                      .  .  .  .  .  .  x  .  .  x  .   ---
credit/decide-conduct             .  .  .  .  .  .  .  .  .  x  .   b--
credit/list                       .  .  .  .  .  .  .  .  .  x  .   b--
credit/look-up                    .  .  .  .  .  .  .  .  .  .  x   ---
credit/note-conduct               .  .  .  .  .  .  .  .  .  .  x   ---
credit/recheck                    .  .  .  .  .  .  .  .  .  .  x   ---
credit/repair                     .  .  .  .  .  .  .  .  .  x  .   b--
escrow/agree                      .  .  .  .  .  .  x  .  .  x  .   bfg
escrow/enrol-key                  .  x  .  .  .  .  .  .  .  .  .   bf-
escrow/give-shares                .  x  .  .  .  .  .  .  .  .  .   bf-
escrow/name-notary                .  .  .  .  .  .  x  .  .  .  .   bfg
escrow/open-trial                 .  x  .  .  .  .  .  .  .  .  .   bf-
escrow/report                     .  .  .  .  .  .  x  .  .  x  .   bfg
escrow/report-deposit             .  x  .  .  .  .  .  .  .  .  .   bf-
escrow/seal-trial                 .  .  .  .  .  .  x  .  .  .  .   bfg
evaluation/ask-clarification      .  .  .  .  .  x  .  .  .  .  .   bf-
evaluation/call-time-short        .  .  .  .  .  x  .  .  .  .  .   bf-
evaluation/compile                .  .  .  .  .  .  x  .  .  .  x   -f-
evaluation/confirm-score          .  .  .  .  .  x  .  .  .  .  .   bf-
evaluation/commit-draw            .  .  .  .  .  .  x  .  .  x  .   bfg
evaluation/draw-experts           .  .  .  .  .  .  .  .  .  .  x   -f-
evaluation/miss-reveal            .  .  .  .  .  .  .  .  .  .  x   -f-
evaluation/open-draw              .  .  .  .  .  .  x  .  .  .  .   -fg
evaluation/open-round             .  .  .  .  .  .  x  .  .  .  .   -fg
evaluation/reveal-draw            .  .  .  .  .  .  x  .  .  x  .   bfg
evaluation/draw                   .  .  .  .  .  .  x  .  .  .  .   -fg
evaluation/record-envelopes       .  .  .  .  .  .  .  .  .  .  x   -f-
evaluation/record-grades          .  .  .  .  .  .  .  .  .  .  x   -f-
evaluation/record-refusal         .  .  .  .  .  .  x  .  .  x  .   bfg
evaluation/record-traces          .  .  .  .  .  .  .  .  .  .  x   -f-
evaluation/recuse                 .  .  .  .  .  x  .  .  .  .  .   bf-
evaluation/reply-clarification    .  .  .  x  .  .  .  .  .  .  .   bf-
evaluation/review-qualification   .  .  .  .  .  .  x  .  .  .  .   bfg
evaluation/set-time               .  .  .  .  .  .  x  .  .  .  .   bfg
evaluation/sign-in                .  .  .  .  .  x  .  .  .  .  .   bf-
evaluation/sign-report            .  .  .  .  .  x  .  .  .  .  .   bf-
evaluation/state-competition      .  .  .  .  .  x  .  .  .  .  .   bf-
evaluation/submit-scores          .  .  .  .  .  x  .  .  .  .  .   bf-
evaluation/support-clarification  .  .  .  .  .  x  .  .  .  .  .   bf-
experts/delist                    .  .  .  .  .  .  .  .  x  .  .   ---
experts/list                      .  .  .  .  .  .  .  .  x  .  .   ---
media/report-echo                 .  .  .  .  .  .  .  .  .  .  x   ---
money/claim-guarantee             .  .  .  .  .  .  .  x  .  .  .   b--
money/judge-guarantee             .  .  .  .  .  x  x  .  .  .  .   bf-
money/lapse-guarantees            .  .  .  .  .  .  .  .  .  .  x   ---
money/lodge-guarantee             .  .  .  .  x  .  .  .  .  .  .   bf-
money/note-kept-deposit           .  .  .  .  .  .  .  x  .  .  .   ---
money/raise-receivable            .  .  .  .  .  .  .  .  x  .  .   -fg
money/record-benefits             .  .  .  .  .  .  .  .  .  .  x   ---
money/record-return               .  .  .  .  .  .  .  .  x  .  .   ---
money/release-guarantee           .  .  .  .  .  .  .  x  .  .  .   b--
money/schedule-returns            .  .  .  .  .  .  .  .  .  .  x   ---
notice/answer-inquiry             .  .  .  .  .  .  x  x  .  .  .   b-g
notice/answer-objection           .  .  .  .  .  .  x  .  .  .  .   bfg
notice/clarify                    .  .  .  .  .  .  x  .  .  .  .   bfg
notice/download                   .  x  .  .  .  .  .  .  .  .  .   ---
notice/inquire                    .  x  .  .  .  .  .  .  .  .  .   b--
notice/object                     .  x  .  .  .  .  .  .  .  .  .   b--
notice/publish                    .  .  .  .  .  .  x  .  .  .  .   bfg
opening/abandon-reference         .  .  .  .  .  .  .  .  .  x  .   bfg
opening/accept-spare              .  .  .  .  .  .  .  .  .  x  .   bfg
opening/anchor-draw               .  .  .  .  .  .  .  .  .  x  .   bfg
opening/announce                  .  .  .  .  .  .  x  .  .  .  .   bfg
opening/answer-help               .  .  .  .  .  .  x  .  x  .  .   ---
opening/answer-objection          .  .  .  .  .  .  x  .  .  .  .   bfg
opening/close                     .  .  .  .  .  .  .  .  .  .  x   -f-
opening/close-confirmation        .  .  .  .  .  .  .  .  .  .  x   -f-
opening/close-incident            .  .  .  .  .  .  .  .  x  x  .   ---
opening/commit-draw               .  .  .  .  .  .  x  .  .  x  .   bfg
opening/commit-reference          .  .  .  .  .  .  x  .  .  .  .   bfg
opening/confirm                   .  .  .  x  .  .  .  .  .  .  .   bf-
opening/decide-fault              .  .  .  .  .  .  .  .  .  x  .   bfg
opening/decide-objection          .  .  .  .  .  .  .  .  .  x  .   bfg
opening/decide-withheld-key       .  .  .  .  .  .  .  .  .  x  .   bfg
opening/disclose-evaluation-key   .  .  .  .  .  .  x  .  .  x  .   bfg
opening/draw-coefficients         .  .  .  .  .  .  .  .  .  .  x   -f-
opening/end-broadcast             .  .  .  .  .  .  x  .  .  .  x   ---
opening/end-window                .  .  .  .  .  .  .  .  .  .  x   -f-
opening/end-word                  .  .  .  x  .  .  x  .  .  .  x   ---
opening/extend-window             .  .  .  .  .  .  x  .  .  .  .   bfg
opening/give-word                 .  .  .  .  .  .  x  .  .  .  .   ---
opening/hand-in-spare             .  .  .  x  .  .  .  .  .  .  .   bf-
opening/import                    .  .  .  .  .  .  .  .  .  .  x   -f-
opening/keep-recording            .  .  .  .  .  .  .  .  .  .  x   ---
opening/make-announcement         .  .  .  .  .  .  x  .  .  .  .   b--
opening/miss-reveal               .  .  .  .  .  .  .  .  .  .  x   -f-
opening/object                    .  .  .  x  .  .  .  .  .  .  .   bf-
opening/open-draw                 .  .  .  .  .  .  .  .  .  .  x   -f-
opening/open-incident             .  .  .  .  .  .  .  .  x  x  .   ---
opening/open-room                 .  .  .  .  .  .  x  .  .  .  .   bf-
opening/order-release             .  .  .  .  .  .  x  .  .  .  .   bfg
opening/publish-form-key          .  .  .  .  .  .  x  .  .  x  .   bfg
opening/publish-office-keys       .  .  .  .  .  .  x  .  .  x  .   bfg
opening/publish-roll              .  .  .  .  .  .  x  .  .  .  .   bfg
opening/release                   .  .  .  x  .  .  .  .  .  .  .   bf-
opening/report-withheld-key       .  .  .  .  .  .  x  .  .  x  .   bfg
opening/request-help              .  .  .  x  .  .  .  .  .  .  .   -f-
opening/resolve-hold              .  .  .  .  .  .  .  .  .  x  .   bfg
opening/reveal-draw               .  .  .  .  .  .  x  .  .  x  .   bfg
opening/reveal-reference          .  .  .  .  .  .  x  .  .  .  .   bfg
opening/say                       .  .  .  x  .  .  x  x  .  x  .   ---
opening/sign-record               .  .  .  .  .  .  x  .  .  x  .   bfg
opening/start-broadcast           .  .  .  .  .  .  x  .  .  .  .   b--
performance/agree-repayment       .  .  .  .  x  .  .  .  .  .  .   b--
performance/agree-supplement      .  .  .  .  .  .  .  x  .  .  .   b--
performance/agree-settlement      .  .  .  .  .  .  .  x  .  .  .   b--
performance/deliver               .  .  .  .  x  .  .  .  .  .  .   b--
performance/enter-library         .  .  .  .  .  .  .  .  .  .  x   ---
performance/inspect               .  .  .  .  .  .  .  x  .  .  .   b--
performance/make-commitment       .  x  .  .  .  .  .  .  .  .  .   b--
performance/mark-overdue          .  .  .  .  .  .  .  .  .  .  x   ---
performance/propose-repayment     .  .  .  .  .  .  .  x  .  .  .   b--
performance/propose-settlement    .  .  .  .  x  .  .  .  .  .  .   b--
performance/raise-dispute         .  .  .  .  .  .  .  x  .  .  .   b--
performance/record-legal-review   .  .  .  .  .  .  .  x  .  .  .   b--
performance/record-payment        .  .  .  .  .  .  .  x  .  .  .   b--
performance/report-commitment     .  x  .  .  .  .  .  .  .  .  .   b--
performance/send-invoice          .  .  .  .  x  .  .  .  .  .  .   b--
performance/set-milestones        .  .  .  .  .  .  .  x  .  .  .   b--
performance/settle-dispute        .  .  .  .  .  .  .  x  .  .  .   b--
prequalification/apply            .  .  x  .  .  .  .  .  .  .  .   bf-
prequalification/clarify          .  .  .  .  .  .  x  .  .  .  .   bfg
prequalification/conclude         .  .  .  .  .  x  .  .  .  .  .   bf-
prequalification/draw             .  .  .  .  .  .  x  .  .  .  .   -f-
prequalification/answer-objection .  .  .  .  .  .  x  .  .  .  .   bfg
prequalification/object           .  x  .  .  .  .  .  .  .  .  .   b--
prequalification/open             .  .  .  .  .  .  x  .  .  .  .   -f-
prequalification/publish          .  .  .  .  .  .  x  .  .  .  .   bfg
prequalification/recuse           .  .  .  .  .  x  .  .  .  .  .   bf-
prequalification/review           .  .  .  .  .  x  .  .  .  .  .   bf-
prequalification/withdraw         .  .  x  .  .  .  .  .  .  .  .   bf-
registration/bind                 .  x  .  .  .  .  .  .  .  .  .   bf-
registration/bind-certificate     .  x  .  .  .  .  .  .  .  .  .   bf-
registration/change-licence       .  x  .  .  .  .  .  .  .  .  .   bf-
registration/check-credit         .  .  .  .  .  .  .  .  x  x  .   -f-
registration/declare-relations    .  x  .  .  .  .  .  .  .  .  .   bf-
registration/delist-affiliate     .  .  .  .  .  .  .  .  x  x  .   -f-
registration/enrol                x  .  .  .  .  .  .  .  .  .  .   bf-
registration/erase                .  .  .  .  .  .  .  .  x  .  .   bf-
registration/grant-role           .  .  .  .  .  .  .  .  x  .  .   -f-
registration/list-affiliate       .  .  .  .  .  .  .  .  x  x  .   -f-
registration/order-erasure        .  .  .  .  .  .  .  .  .  x  .   bf-
registration/report-change        .  x  .  .  .  .  .  .  .  .  .   bf-
registration/prove                .  x  .  .  .  .  .  .  .  .  .   bf-
registration/revoke               .  x  .  .  .  .  .  .  .  .  .   bf-
registration/verify               .  .  .  .  .  .  .  .  x  .  .   -f-
timestamp/record                  .  .  .  .  .  .  .  .  .  .  x   ---
timestamp/state-history           .  .  .  .  .  .  .  .  .  .  x   ---
"""

COMMAND_ROWS = {name: (cells, flags) for name, *cells, flags in map(str.split, MAY_GIVE.strip().splitlines())}
EVENT_ROWS = {topic: cells for topic, *cells in map(str.split, SEES.strip().splitlines())}
CELL = {"x": True, ".": False}


def test_the_columns_are_all_standings() -> None:
    assert set(COLUMNS) == set(Standing)
    assert all(len(cells) == len(COLUMNS) for cells, _ in COMMAND_ROWS.values())
    assert all(len(cells) == len(COLUMNS) for cells in EVENT_ROWS.values())


def test_every_command_and_every_event_has_its_line() -> None:
    assert PHASES
    assert sorted(COMMAND_ROWS) == sorted(table())
    assert sorted(EVENT_ROWS) == sorted(topic for topic in TOPICS if not topic.startswith("test."))


@pytest.mark.parametrize("name", COMMAND_ROWS)
def test_a_command_is_given_by_these_and_no_others(name: str) -> None:
    cells, flags = COMMAND_ROWS[name]
    for standing, cell in zip(COLUMNS, cells, strict=True):
        assert (standing in table()[name]) is CELL[cell], standing
    command = COMMANDS[name]
    assert [flag != "-" for flag in flags] == [command.BINDING, command.FORWARD, command.GUARDED]


@pytest.mark.parametrize("topic", EVENT_ROWS)
def test_an_event_is_seen_by_these_and_no_others(topic: str) -> None:
    event = sample(TOPICS[topic])  # its class alone tells: an event is shown whole
    for standing, cell in zip(COLUMNS, EVENT_ROWS[topic], strict=True):
        assert visible(event, frozenset({standing})) is CELL[cell], standing


# Standings: a role alone opens nothing of a particular lot


@cache
def stand() -> Lot:
    """Host agency, tenderer owner, bidders a b c on the roll, expert-1 on the committee, b the winner."""
    lot = tender({"a": 1, "b": 2, "c": 3})
    return msgspec.structs.replace(
        lot,
        admission=Admission(host="agency", tenderer="owner"),
        evaluation=Evaluation(members=("expert-1",)),
        award=Award(winner="b"),
    )


PEOPLE = {
    "agency": Actor(party="agency", roles=frozenset({Role.AGENCY})),
    "other-agency": Actor(party="agency-2", roles=frozenset({Role.AGENCY})),
    "owner": Actor(party="owner", roles=frozenset({Role.TENDERER})),
    "other-owner": Actor(party="owner-2", roles=frozenset({Role.TENDERER})),
    "bidder": Actor(party="a", roles=frozenset({Role.BIDDER})),
    "winner": Actor(party="b", roles=frozenset({Role.BIDDER})),
    "absent-bidder": Actor(party="z", roles=frozenset({Role.BIDDER})),
    "expert": Actor(party="expert-1", roles=frozenset({Role.EXPERT})),
    "other-expert": Actor(party="expert-2", roles=frozenset({Role.EXPERT})),
    "officer": Actor(party="officer", roles=frozenset({Role.OPERATOR})),
    "supervisor": Actor(party="bureau", roles=frozenset({Role.SUPERVISOR})),
    "clock": PLATFORM,
}

STANDS = {
    "agency": "anyone member host",
    "other-agency": "anyone member",
    "owner": "anyone member tenderer",
    "other-owner": "anyone member",
    "bidder": "anyone member bidder participant",
    "winner": "anyone member bidder participant winner",
    "absent-bidder": "anyone member bidder",
    "expert": "anyone member committee",
    "other-expert": "anyone member",
    "officer": "anyone member operator",
    "supervisor": "anyone member supervisor",
    "clock": "anyone platform",
}


@pytest.mark.parametrize("person", PEOPLE)
def test_each_person_stands_as_written(person: str) -> None:
    assert standings(PEOPLE[person], stand()) == {Standing(one) for one in STANDS[person].split()}


def test_a_spectator_is_anyone_and_nothing_else() -> None:
    assert standings(None, stand()) == {Standing.ANYONE}


def test_before_the_roll_nobody_is_a_participant_or_a_winner() -> None:
    empty = msgspec.structs.replace(stand(), opening=Opening(), award=Award(), evaluation=Evaluation())
    assert standings(PEOPLE["bidder"], empty) == {Standing.ANYONE, Standing.MEMBER, Standing.BIDDER}


@pytest.mark.parametrize("name", COMMAND_ROWS)
def test_a_command_is_admitted_exactly_where_a_standing_has_its_cell(name: str) -> None:
    cells, _ = COMMAND_ROWS[name]
    granted = {standing for standing, cell in zip(COLUMNS, cells, strict=True) if CELL[cell]}
    for person, actor in PEOPLE.items():
        mine = {Standing(one) for one in STANDS[person].split()}
        if mine & granted:
            authorise(actor, COMMANDS[name], stand())
        else:
            with pytest.raises(Forbidden, match="not-permitted"):
                authorise(actor, COMMANDS[name], stand())
