"""The key ceremony and its trial, before the notice: nobody relies on keys that were never used (R-BID-07)."""

from collections.abc import Sequence

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder
from bidding.domain.escrow import commands as c
from bidding.domain.escrow import events as e
from bidding.domain.escrow.state import NOTARY, TRUSTEES
from bidding.domain.escrow.trustees import trustee_of
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import SUITES
from bidding.domain.order import require_phase


def name_notary(lot: Lot, command: c.NameNotary, facts: Facts, *, name: str | None) -> list[Event]:
    """``name``: of the party, None if the centre has given it no notary's role. A new notary enrols a new key."""
    _prepared(lot)
    if name is None or command.notary in (lot.admission.host, lot.admission.tenderer):
        raise Invalid("not-a-notary", rule="R-BID-07", party=command.notary)
    return [
        e.NotaryNamed(
            notary=command.notary, name=name, by=facts.actor.party, at=facts.now, signed=signed_of(facts)
        )
    ]


def enrol_key(lot: Lot, command: c.EnrolKey, facts: Facts, *, finding: str | None) -> list[Event]:
    """``finding``: set by the application if that is no public key of the suite."""
    _prepared(lot)
    trustee = trustee_of(lot, facts.actor)
    if command.suite not in SUITES or finding is not None:
        raise Invalid("trustee-key-malformed", rule="R-BID-07", known=sorted(SUITES))
    if any(one.public == command.public for one in lot.escrow.keys):
        raise Conflicting("trustee-key-known", rule="R-BID-07")
    return [
        e.TrusteeKeyEnrolled(
            trustee=trustee,
            suite=command.suite,
            public=command.public,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def require_keys(lot: Lot) -> str:
    """The suite of the three enrolled keys."""
    _prepared(lot)
    missing = [one for one in TRUSTEES if one not in {key.trustee for key in lot.escrow.keys}]
    if missing or (NOTARY not in missing and not lot.escrow.notary):
        raise OutOfOrder("trustee-keys-missing", rule="R-BID-07", trustees=missing)
    suites = {one.suite for one in lot.escrow.keys}
    if len(suites) > 1:
        raise Invalid("trustee-suites-differ", rule="R-BID-07", suites=sorted(suites))
    return suites.pop()


def seal_trial(lot: Lot, command: c.SealTrial, facts: Facts, *, manifest: str, sealed: str) -> list[Event]:
    """``manifest`` and ``sealed``: a test bid that the application sealed to the three keys."""
    require_keys(lot)
    return [
        e.TrialSealed(
            manifest=manifest, sealed=sealed, by=facts.actor.party, at=facts.now, signed=signed_of(facts)
        )
    ]


def open_trial(
    lot: Lot, command: c.OpenTrial, facts: Facts, *, false: int | None, pairs: Sequence[e.OpenedPair]
) -> list[Event]:
    """``false``: the index of a share that is not the committed one; ``pairs``: with the third trustee's shares,
    what each pair read when it opened the test bid."""
    _prepared(lot)
    trustee = trustee_of(lot, facts.actor)
    trial = lot.escrow.trial
    if trial is None:
        raise OutOfOrder("no-escrow-trial", rule="R-BID-07")
    if any(one.trustee == trustee for one in trial.shared):
        raise Conflicting("trial-already-opened", rule="R-BID-07", trustee=trustee)
    if false is not None:
        raise Invalid("trial-share-false", rule="R-BID-07", trustee=trustee, index=false)
    shared = e.TrialShared(
        trustee=trustee,
        shares=command.shares,
        by=facts.actor.party,
        at=facts.now,
        signed=signed_of(facts),
    )
    if {one.trustee for one in trial.shared} | {trustee} != set(TRUSTEES):
        return [shared]
    if len({frozenset((one.first, one.second)) for one in pairs}) != len(TRUSTEES):
        raise ValueError("each of the three pairs opens the test bid")
    return [shared, e.TrialPassed(pairs=tuple(pairs), at=facts.now)]


def _prepared(lot: Lot) -> None:
    require_phase(lot, Phase.SUBMITTED, Phase.ADMITTED, rule="R-BID-07")
