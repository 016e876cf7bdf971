"""A trial opening: the platform opens a bidder's dummy as it will its bid, with keys that everybody has (R-OPEN-20).

Nothing of it is recorded, stored or logged, so that nothing counts who tried (R-GEN-04). A dummy is sealed for a lot
that does not exist: no bid can be opened here, and no dummy handed in as a bid.
"""

import hashlib
from functools import partial
from typing import Annotated

import msgspec

from bidding.application.admission import Parties
from bidding.application.opening import announced
from bidding.application.platform import Platform
from bidding.crypto.canonical import b64, canonical, unb64
from bidding.crypto.errors import CryptoError, OpeningError
from bidding.crypto.jobs import FormToOpen, open_forms
from bidding.crypto.manifest import verify_manifest
from bidding.crypto.opening import OpenedForm
from bidding.crypto.padding import FORM
from bidding.crypto.release import check_release, recover_cek, verify_release
from bidding.crypto.session import Office, SessionKeys, SessionPublic
from bidding.crypto.signing import Signed
from bidding.crypto.suite import KeyPair
from bidding.crypto.workers import CryptoWorkers
from bidding.domain.errors import Forbidden, Invalid
from bidding.domain.given import terms_of
from bidding.domain.lot import Lot
from bidding.domain.opening.entries import AnnouncedForm
from bidding.domain.opening.talking import require_trial
from bidding.domain.parties import Actor, Role

#: Behind the lot's id: the lot that a dummy is sealed for.
SUFFIX = "-trial"
SESSION = "trial"
_LABEL = b"bidding/trial/v1\0"


class TrialOffice(msgspec.Struct, frozen=True, kw_only=True):
    """``announcement``: canonical text of the office's session keys; ``forms_key``: the private one, base64url, which
    at an opening comes out when the window is over."""

    office: Office
    announcement: str
    forms_key: str


class TrialKeys(msgspec.Struct, frozen=True, kw_only=True):
    """``lot``: what a dummy has to be sealed for."""

    lot: str
    offices: tuple[TrialOffice, ...]


Text = Annotated[str, msgspec.Meta(min_length=2, max_length=100_000)]
Signature = Annotated[str, msgspec.Meta(max_length=400)]


class Dummy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As a bid with nothing but its form, and its release. ``sealed``: base64url of the form's sealed body."""

    manifest: Text
    manifest_signature: Signature
    sealed: Annotated[str, msgspec.Meta(min_length=2, max_length=200_000)]
    release: Text
    release_signature: Signature


class TrialOpening:
    def __init__(self, platform: Platform, parties: Parties, workers: CryptoWorkers) -> None:
        self._platform, self._parties, self._workers = platform, parties, workers

    async def keys(self, lot_id: str) -> TrialKeys:
        lot = await self._open(lot_id)
        offices = tuple(
            TrialOffice(
                office=office,
                announcement=canonical(public).decode(),
                forms_key=b64(keys.forms.private),
            )
            for office, (keys, public) in _sessions(lot).items()
        )
        return TrialKeys(lot=f"{lot_id}{SUFFIX}", offices=offices)

    async def open(self, lot_id: str, dummy: Dummy, actor: Actor) -> AnnouncedForm:
        """What the platform reads in it. Raises ``Invalid("trial-refused")`` with the first layer that fails."""
        lot = await self._open(lot_id)
        if Role.BIDDER not in actor.roles:
            raise Forbidden("not-permitted", command="bid/trial-opening", needed=["bidder"])
        device = (await self._parties.party(actor.party)).speaks_through(actor.credential)
        key = unb64(device.signing_key) if device is not None else b""
        try:
            form = _to_open(lot, dummy, key, actor.party)
        except OpeningError as error:
            raise _refused(error.layer.value) from None
        except CryptoError:
            raise _refused("signature") from None
        (opened,) = await self._workers.run(partial(open_forms, [form]))
        if not isinstance(opened, OpenedForm):
            raise _refused(opened.layer.value)
        return announced(opened.form)

    async def _open(self, lot_id: str) -> Lot:
        lot = await self._platform.load(lot_id)
        require_trial(lot, self._platform.lot_now(lot))
        return lot


def _refused(finding: str) -> Invalid:
    return Invalid("trial-refused", rule="R-OPEN-20", finding=finding)


def _sessions(lot: Lot) -> dict[Office, tuple[SessionKeys, SessionPublic]]:
    """Made of the lot's id and nothing else: whoever wants them has them, and the platform keeps none."""
    (suite,) = terms_of(lot).suites
    offices: tuple[Office, ...] = ("agency", "supervisor")
    found: dict[Office, tuple[SessionKeys, SessionPublic]] = {}
    for office in offices:
        keys = SessionKeys(
            *(_pair(lot.lot_id, office, purpose, suite) for purpose in ("forms", "evaluation"))
        )
        found[office] = (keys, keys.public(f"{lot.lot_id}{SUFFIX}", SESSION, office))
    return found


def _pair(lot_id: str, office: str, purpose: str, suite: str) -> KeyPair:
    said = f"{lot_id}/{office}/{purpose}".encode()
    return KeyPair.derived(lambda label: hashlib.sha256(_LABEL + said + label).digest(), suite)


def _to_open(lot: Lot, dummy: Dummy, key: bytes, party: str) -> FormToOpen:
    """Every check of a release and a manifest. Raises ``CryptoError``; ``Invalid`` for what is no dummy of this lot."""
    manifest = verify_manifest(Signed(dummy.manifest.encode(), unb64(dummy.manifest_signature)), key)
    sessions = _sessions(lot)
    agency, supervisor = sessions["agency"], sessions["supervisor"]
    if (manifest.lot, manifest.bidder) != (agency[1].lot, party) or len(manifest.envelopes) != 1:
        raise Invalid("trial-takes-dummies", rule="R-OPEN-20", lot=agency[1].lot)
    released = verify_release(Signed(dummy.release.encode(), unb64(dummy.release_signature)), key)
    check_release(released, manifest, agency[1])
    cek = recover_cek(released, FORM, agency[0].forms.private, supervisor[0].forms.private)
    return FormToOpen(sealed=unb64(dummy.sealed), manifest=manifest, cek=cek)
