"""What R-STATE-01 admits, written from the rule and not from the code: which command in which phase, and
from which phase to which a lot may go."""

from bidding.domain.lot import Phase

_FROM_NOTICE = "noticed closed opening opened evaluating evaluated publicised determined awarded"
_RUNNING = f"submitted admitted {_FROM_NOTICE}"
_ANY = f"{_RUNNING} contracted failed terminated"

#: command → the phases in which it may ever be accepted. What is not named here is never accepted.
IN_PHASE: dict[str, frozenset[Phase]] = {
    name: frozenset(map(Phase, phases.split()))
    for names, phases in (
        ("admission/submit", "draft submitted"),
        ("admission/admit admission/request-correction", "submitted"),
        ("admission/amend-funding admission/override-waiver", "submitted admitted"),
        ("booking/book", "admitted noticed closed opening opened evaluating"),
        ("notice/publish", "admitted"),
        ("notice/clarify notice/object notice/answer-objection", "noticed"),
        ("bid/start-upload bid/submit bid/join bid/sign-in", "noticed"),
        ("bid/withdraw", "noticed closed opening"),
        ("opening/close", "noticed"),
        ("opening/publish-roll", "closed"),
        ("opening/publish-office-keys", "closed opening"),
        ("opening/order-release opening/release opening/end-window opening/decide-fault", "opening"),
        ("opening/resolve-hold opening/publish-form-key opening/import opening/announce", "opening"),
        ("opening/confirm opening/object opening/answer-objection", "opening"),
        ("opening/close-confirmation opening/sign-record opening/request-help", "opening"),
        ("opening/open-room", "noticed"),
        ("opening/make-announcement", "noticed closed opening"),
        ("opening/say opening/answer-help opening/give-word", "opening"),
        ("opening/start-broadcast", "noticed closed opening"),
        ("opening/end-broadcast opening/end-word opening/keep-recording", _ANY),
        ("opening/extend-window", "noticed closed opening"),
        ("opening/open-incident opening/close-incident", "noticed closed opening"),
        ("opening/commit-reference-price", "noticed"),
        ("opening/reveal-reference-price opening/abandon-reference-price", "opening"),
        ("opening/disclose-evaluation-key", "opened evaluating"),
        ("evaluation/draw evaluation/recuse", "opening opened evaluating"),
        ("evaluation/sign-in evaluation/record-envelopes evaluation/record-traces", "opened evaluating"),
        ("evaluation/review-qualification", "opened evaluating"),
        ("evaluation/set-time", "opening opened evaluating"),
        ("evaluation/call-time-short evaluation/ask-clarification", "evaluating"),
        ("evaluation/support-clarification evaluation/reply-clarification", "evaluating"),
        ("evaluation/submit-scores evaluation/state-competition evaluation/compile", "evaluating"),
        ("evaluation/sign-report evaluation/record-refusal", "evaluating"),
        ("award/publicise", "evaluated"),
        ("award/object", "publicised"),
        ("award/answer-objection", "publicised determined awarded"),
        ("award/determine", "evaluated publicised determined awarded"),
        ("award/issue-notice", "determined"),
        ("award/report-to-supervisor", "determined awarded contracted"),
        ("contract/draft contract/sign contract/mark-overdue", "awarded"),
        ("complaint/lodge", _ANY),
        ("control/suspend", _RUNNING),
        ("control/lift control/expire-suspension", _RUNNING),
        (
            "control/order control/acknowledge control/fulfil",
            f"draft {_ANY}",
        ),  # sent back, it is a draft again
        ("control/terminate", _RUNNING.removesuffix(" awarded")),
    )
    for name in names.split()
}

#: phase → those that may follow it at once.
NEXT: dict[Phase, frozenset[Phase]] = {
    Phase(phase): frozenset(map(Phase, following.split()))
    for phase, following in {
        "draft": "submitted",
        "submitted": "draft admitted terminated",
        "admitted": "noticed terminated",
        "noticed": "closed failed terminated",
        "closed": "opening failed terminated",
        "opening": "opened failed terminated",
        "opened": "evaluating failed terminated",
        "evaluating": "evaluated opened failed terminated",
        "evaluated": "publicised determined evaluating opened failed terminated",
        "publicised": "determined evaluated evaluating opened failed terminated",
        "determined": "awarded evaluated evaluating opened failed terminated",
        "awarded": "contracted determined evaluated evaluating opened failed",
        "contracted": "evaluated failed",
        "failed": "",
        "terminated": "",
    }.items()
}
