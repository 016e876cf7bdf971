"""The escrow, checked again: reports, shares against manifests, lies, consents, and in the bundles of those who took
part in it the trial before the notice (R-BID-06, R-BID-07)."""

import itertools
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import UNSET

from bidding.application.record.read import Read, require
from bidding.crypto.canonical import parse_canonical, unb64
from bidding.crypto.escrow import Escrow, consent, deposited_rightly, shown_truly, together
from bidding.crypto.manifest import Manifest
from bidding.crypto.opening import open_form
from bidding.crypto.padding import FORM
from bidding.domain.escrow import events as e
from bidding.domain.escrow.commands import GiveShares
from bidding.domain.escrow.state import TRUSTEES
from bidding.domain.event import SignedAct
from bidding.domain.notice.events import NoticePublished
from bidding.domain.notice.terms import TenderTerms
from bidding.domain.opening.events import ReleaseOrdered

PART = "escrow"


def check_escrow(read: Read, manifests: Mapping[str, Manifest]) -> Iterator[str]:
    notice = read.first(NoticePublished)
    if notice is None or not notice.terms.trustees:
        return
    _public(manifests, notice.terms)
    yield f"escrow: {len(manifests)} bids left their shares with the notice's three trustees"
    if notice.terms.by_trustees:
        yield f"escrow: {len(manifests)} bidders consent, by their manifests, to just these trustees (policy P3)"
    reported = {one.number: one for one in read.all(e.EscrowReported)}
    ordered = read.first(ReleaseOrdered) if notice.terms.by_trustees else None
    for given in read.all(e.SharesGiven):
        report = reported.get(given.number)
        asked = report is not None and given.bidder in report.bidders and report.at <= given.at
        opening = given.number == 0 and ordered is not None and ordered.window_opens <= given.at
        require(asked or opening, PART, f"shares of {given.bidder} were given without report or order")
        for one in given.shares:
            committed = _escrow(manifests[given.bidder], one.envelope).commitments[one.index]
            require(one.commitment == committed, PART, f"the {given.trustee} gave another share")
    for lie in read.all(e.FalseShareShown):
        committed = _escrow(manifests[lie.bidder], lie.envelope).commitments[lie.index]
        shown = {
            one.commitment
            for one in _said(lie.signed).shares
            if (one.envelope, one.index) == (lie.envelope, lie.index)
        }
        require(
            shown == {lie.shown} and lie.committed == committed != lie.shown,
            PART,
            f"the {lie.trustee} is accused of a lie that it did not tell",
        )
    if ordered is not None:
        names = sorted({one.trustee for one in read.all(e.SharesGiven)})
        yield f"escrow: opened by {', '.join(names)}, every share the one its bidder committed to"
    if reported:
        yield f"escrow: {len(reported)} reports, every share the one its bidder committed to"


def check_trial(read: Read) -> Iterator[str]:
    """R-BID-07: each pair of trustees has opened the test bid, done again. ``read``: with what a bundle adds."""
    sealed, passed = read.last(e.TrialSealed), read.last(e.TrialPassed)
    if sealed is None or passed is None:
        return
    manifest = parse_canonical(sealed.manifest.encode(), Manifest)
    escrow, shares = _escrow(manifest, FORM), dict[str, dict[int, bytes]]()
    for one in read.all(e.TrialShared):
        shares[one.trustee] = {share.index: unb64(share.share) for share in one.shares}
        for index, share in shares[one.trustee].items():
            true = shown_truly(escrow, manifest.target(FORM), index, share)
            require(true, PART, f"the {one.trustee} showed a false share of the test bid")
    said = {frozenset((pair.first, pair.second)): pair.plaintext_sha256 for pair in passed.pairs}
    for first, second in itertools.combinations(TRUSTEES, 2):
        both = f"{first} and {second}"
        require({first, second} <= set(shares), PART, f"{both} did not open the test bid")
        cek = together(shares[first] | shares[second])
        opened = open_form(unb64(sealed.sealed), manifest, cek).content_sha256.hex()
        require(said.get(frozenset((first, second))) == opened, PART, f"{both} read something else")
    yield f"{PART}: each pair of trustees has opened the test bid"


def _public(manifests: Mapping[str, Manifest], terms: TenderTerms) -> None:
    keys = {one.trustee: unb64(one.public) for one in terms.trustees}
    agreed = consent(keys) if terms.by_trustees else UNSET
    for bidder, manifest in manifests.items():
        kept = (manifest.policy, manifest.consent) == (terms.key_policy.value, agreed)
        require(kept, PART, f"{bidder} sealed under another policy, or without its consent")
        for envelope in manifest.envelopes:
            rightly = deposited_rightly(_escrow(manifest, envelope.name), manifest.suite, keys)
            require(rightly, PART, f"{bidder} left shares with somebody else")


def _escrow(manifest: Manifest, envelope: str) -> Escrow:
    found = manifest.envelope(envelope).escrow
    require(found is not UNSET, PART, f"{manifest.bidder} left nothing with the trustees")
    assert found is not UNSET
    return found


class _Statement(msgspec.Struct, frozen=True):
    body: GiveShares


def _said(act: SignedAct) -> GiveShares:
    return msgspec.json.decode(act.statement, type=_Statement).body
