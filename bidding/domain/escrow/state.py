"""What the lot knows of its escrow: the fold of its events."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.escrow import events as e
from bidding.domain.event import Event

AGENCY, SUPERVISOR, NOTARY = "agency", "supervisor", "notary"
TRUSTEES = (AGENCY, SUPERVISOR, NOTARY)
KEYS_LOST, OFFICE_WITHHOLDS = "keys-lost", "office-withholds"
#: Trustees who together have all shares of a content key.
ENOUGH = 2


class TrusteeKey(msgspec.Struct, frozen=True, kw_only=True):
    """``public`` in base64url, of the lot's suite."""

    trustee: str
    party: str
    suite: str
    public: str


class TrialOpening(msgspec.Struct, frozen=True, kw_only=True):
    trustee: str
    shares: tuple[e.TrialShare, ...]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """The test bid, who has opened its shares, and when each pair had opened it."""

    manifest: str
    sealed: str
    at: datetime
    shared: tuple[TrialOpening, ...] = ()
    pairs: tuple[e.OpenedPair, ...] = ()
    passed_at: datetime | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """``agreed``: the offices that signed it, the reporter first."""

    number: int
    kind: str
    bidders: tuple[str, ...]
    office: str
    text: str
    evidence_hash: str
    at: datetime
    agreed: tuple[str, ...]

    @property
    def in_force(self) -> bool:
        """Both offices signed; of an office that withholds its key no signature is waited for."""
        return self.kind == OFFICE_WITHHOLDS or {AGENCY, SUPERVISOR} == set(self.agreed)


class Given(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    bidder: str
    trustee: str
    shares: tuple[e.GivenShare, ...]
    at: datetime


class FalseShare(msgspec.Struct, frozen=True, kw_only=True):
    """A lie: ``trustee`` showed another share than ``bidder`` had committed to."""

    bidder: str
    trustee: str
    envelope: str
    index: int
    at: datetime


class FaultyDeposit(msgspec.Struct, frozen=True, kw_only=True):
    """``trustee`` says that what ``bidder`` left with it does not open."""

    bidder: str
    trustee: str
    envelope: str
    at: datetime


class Escrow(msgspec.Struct, frozen=True, kw_only=True):
    """``notary``: a party's id, empty while none is named."""

    notary: str = ""
    notary_name: str = ""
    keys: tuple[TrusteeKey, ...] = ()
    trial: Trial | None = None
    reports: tuple[Report, ...] = ()
    given: tuple[Given, ...] = ()
    false_shares: tuple[FalseShare, ...] = ()
    faulty_deposits: tuple[FaultyDeposit, ...] = ()

    def faulted(self, bidder: str) -> bool:
        """So many trustees could not open their shares that the others are not enough."""
        saying = {one.trustee for one in self.faulty_deposits if one.bidder == bidder}
        return len(set(TRUSTEES) - saying) < ENOUGH

    def done(self, trustee: str) -> frozenset[str]:
        """The bidders whose bids this trustee has given its shares of, or has said that it cannot open."""
        acts: list[Given | FaultyDeposit] = [*self.given, *self.faulty_deposits]
        return frozenset(one.bidder for one in acts if one.trustee == trustee)

    @property
    def recovered(self) -> frozenset[str]:
        """The bidders whose content keys two trustees have given."""
        by = [(one.bidder, one.trustee) for one in self.given]
        return frozenset(
            bidder for bidder, _ in by if len({who for whose, who in by if whose == bidder}) >= ENOUGH
        )


def evolve(escrow: Escrow, event: Event) -> Escrow:
    match event:
        case e.NotaryNamed():
            keys = tuple(one for one in escrow.keys if one.trustee != NOTARY)
            return replace(escrow, notary=event.notary, notary_name=event.name, keys=keys, trial=None)
        case e.TrusteeKeyEnrolled():
            key = TrusteeKey(trustee=event.trustee, party=event.by, suite=event.suite, public=event.public)
            others = tuple(one for one in escrow.keys if one.trustee != event.trustee)
            return replace(escrow, keys=(*others, key), trial=None)
        case e.TrialSealed():
            return replace(escrow, trial=Trial(manifest=event.manifest, sealed=event.sealed, at=event.at))
        case e.TrialShared() if escrow.trial is not None:
            shared = tuple(one for one in escrow.trial.shared if one.trustee != event.trustee)
            opened = TrialOpening(trustee=event.trustee, shares=event.shares)
            return replace(escrow, trial=replace(escrow.trial, shared=(*shared, opened)))
        case e.TrialPassed() if escrow.trial is not None:
            return replace(escrow, trial=replace(escrow.trial, pairs=event.pairs, passed_at=event.at))
        case _:
            return _use(escrow, event)


def _use(escrow: Escrow, event: Event) -> Escrow:
    match event:
        case e.EscrowReported():
            report = Report(
                number=event.number,
                kind=event.kind,
                bidders=event.bidders,
                office=event.office,
                text=event.text,
                evidence_hash=event.evidence_hash,
                at=event.at,
                agreed=(event.reporter,),
            )
            return replace(escrow, reports=(*escrow.reports, report))
        case e.EscrowAgreed():
            reports = tuple(
                replace(one, agreed=(*one.agreed, event.office)) if one.number == event.number else one
                for one in escrow.reports
            )
            return replace(escrow, reports=reports)
        case e.SharesGiven():
            given = Given(
                number=event.number,
                bidder=event.bidder,
                trustee=event.trustee,
                shares=event.shares,
                at=event.at,
            )
            return replace(escrow, given=(*escrow.given, given))
        case e.DepositFaulted():
            faulty = FaultyDeposit(
                bidder=event.bidder, trustee=event.trustee, envelope=event.envelope, at=event.at
            )
            return replace(escrow, faulty_deposits=(*escrow.faulty_deposits, faulty))
        case e.FalseShareShown():
            false = FalseShare(
                bidder=event.bidder,
                trustee=event.trustee,
                envelope=event.envelope,
                index=event.index,
                at=event.at,
            )
            return replace(escrow, false_shares=(*escrow.false_shares, false))
        case _:
            return escrow
