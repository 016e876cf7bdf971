"""The opening, done again: manifests, receipts, session keys, releases, forms, table, record."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from bidding.application.opening import announced
from bidding.application.record.draws import DRAW, check_draw
from bidding.application.record.escrow import check_escrow
from bidding.application.record.read import Read, require, signed, step
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.errors import CryptoError, Layer, OpeningError
from bidding.crypto.manifest import Manifest, SpareFile, manifest_hash, verify_manifest
from bidding.crypto.opening import open_form
from bidding.crypto.padding import FORM
from bidding.crypto.receipt import verify_receipt
from bidding.crypto.release import KeyRelease, check_release, recover_cek, verify_release
from bidding.crypto.session import SessionPublic, disclosed_matches, require_pair, verify_session
from bidding.crypto.spare import spare_form
from bidding.domain.event import Event
from bidding.domain.notice.events import DocumentIssued, NoticePublished
from bidding.domain.opening import events as e
from bidding.domain.opening.announcing import table_hash
from bidding.domain.opening.entries import ImportedBid
from bidding.domain.opening.outcomes import keyless
from bidding.domain.opening.record import record_text
from bidding.domain.opening.reference import commitment
from bidding.domain.opening.state import RERUN


def check_opening(read: Read) -> Iterator[str]:
    roll = read.first(e.RollPublished)
    if roll is None:
        failed = read.first(e.LotFailed)
        if failed is not None:
            require(not read.record.forms, "opening", "a failed lot was opened all the same")
            yield "opening: the lot failed at the deadline; nothing was opened"
        return
    with step("manifests"):
        manifests = _manifests(read, roll)
    yield f"manifests: {len(manifests)} bids signed by their bidders, for the tender document as issued"
    with step("receipts"):
        _receipts(read, roll)
    yield f"receipts: {len(read.record.receipts)} receipts of the platform for just these bids, before the deadline"
    sessions: dict[str, SessionPublic] = {}
    releases: dict[str, KeyRelease] = {}
    if _by_trustees(read):
        released = (e.OfficeKeysPublished, e.KeyReleased, e.FormKeysPublished)
        none = not any(isinstance(event, released) for event in read.events)
        require(none, "session keys", "keys were released, although trustees alone open")
        yield "session keys: none, for trustees alone open (policy P3)"
    else:
        runs = _runs(read)
        with step("session keys"):
            announced_in = [_sessions(run) for run in runs]
            _require_fresh(announced_in)
        counting = _counting(runs)
        sessions = announced_in[counting]
        if counting:
            yield f"session keys: the release was run {counting + 1} times, with other keys each time"
        if len(sessions) < 2:
            return
        yield "session keys: announced and signed by both offices, four different keys"
        with step("key releases"):
            released_in = [
                _releases(run, manifests, found) for run, found in zip(runs, announced_in, strict=True)
            ]
            releases = released_in[counting]
        yield f"key releases: {len(releases)} signed by their bidders, for just these bids and this session"
        if again := released_in[counting + 1 :]:
            yield (
                f"key releases: run again {len(again)} times for the evaluation's keys after the opening, "
                f"{len(again[-1])} signed in the last, to other keys each time"
            )
    with step("escrow"):
        yield from check_escrow(read, manifests)
    imported = read.first(e.BidsImported)
    if imported is None:
        return
    with step("forms"):
        _spares(read, manifests)
        _forms(read, imported, manifests, sessions, releases)
    lost = sum(one.lost for one in imported.results)
    yield f"forms: {len(imported.results) - lost} opened again with the published keys, with the same result"
    if lost:
        yield f"forms: {lost} lost by the platform, as it says itself; the receipts of these bids still bind it"
    with step(DRAW):
        yield from check_draw(read)
    with step("table"):
        yield from _announced(read, imported)
    with step("标底"):
        yield from _reference(read)
    with step("opening record"):
        yield from _signed_record(read)


def _runs(read: Read) -> list[Read]:
    """The events of each run of the release, cut where the supervisor ordered another."""
    runs: list[list[Event]] = [[]]
    for event in read.events:
        runs[-1].append(event)
        if isinstance(event, e.WithheldKeyDecided) and event.resolution == RERUN:
            runs.append([])
    return [replace(read, events=tuple(events)) for events in runs]


def _counting(runs: list[Read]) -> int:
    """Which run opened the forms: those behind it hand over what is the evaluation's alone."""
    imported = (at for at, run in enumerate(runs) if run.first(e.BidsImported) is not None)
    return next(imported, len(runs) - 1)


def _require_fresh(runs: list[dict[str, SessionPublic]]) -> None:
    keys = [key for run in runs for one in run.values() for key in (one.forms, one.evaluation)]
    require(len(set(keys)) == len(keys), "session keys", "a key was announced for two runs")


def _by_trustees(read: Read) -> bool:
    notice = read.first(NoticePublished)
    return notice is not None and notice.terms.by_trustees


def _manifests(read: Read, roll: e.RollPublished) -> dict[str, Manifest]:
    documents = {one.version: one.sha256 for one in read.all(DocumentIssued)}
    entries = {entry.bidder: entry for entry in roll.roll}
    found: dict[str, Manifest] = {}
    for one in roll.manifests:
        said = signed(one.manifest, one.signature)
        for key in read.keys_of(one.bidder):
            try:
                found[one.bidder] = verify_manifest(said, key)
                break
            except CryptoError:
                continue
        require(one.bidder in found, "manifests", f"not signed by a device of {one.bidder}")
        manifest = found[one.bidder]
        require(
            (manifest.lot, manifest.bidder) == (read.record.lot, one.bidder)
            and manifest_hash(manifest) == entries[one.bidder].manifest_hash
            and documents.get(manifest.document_version) == manifest.document_hash,
            "manifests",
            f"the manifest of {one.bidder} is for something else",
        )
    require(set(found) == set(entries), "manifests", "not one for every bidder on the roll")
    return found


def _receipts(read: Read, roll: e.RollPublished) -> None:
    closed = read.first(e.SubmissionClosed)
    entries = {entry.bidder: entry for entry in roll.roll}
    key = unb64(read.record.platform_key)
    for one in read.record.receipts:
        receipt = verify_receipt(signed(one.receipt, one.signature), key)
        entry = entries.get(one.bidder)
        require(entry is not None, "receipts", f"{one.bidder} is not on the roll")
        assert entry is not None
        require(
            (receipt.bidder, receipt.receipt_number, receipt.manifest_hash)
            == (one.bidder, entry.receipt_number, entry.manifest_hash),
            "receipts",
            f"the receipt of {one.bidder} is for another bid",
        )
        require(
            closed is not None and entry.completed_at < closed.deadline,
            "receipts",
            f"{one.bidder} was complete after the deadline (R-TIME-09)",
        )
    require({one.bidder for one in read.record.receipts} == set(entries), "receipts", "not one for every bid")
    require(closed is not None and closed.received == len(entries), "receipts", "the count at T0 differs")


def _sessions(read: Read) -> dict[str, SessionPublic]:
    found: dict[str, SessionPublic] = {}
    for one in read.all(e.OfficeKeysPublished):
        said = signed(one.announcement, one.announcement_signature)
        public = None
        for key in read.keys_of(one.by):
            try:
                public = verify_session(said, key)
                break
            except CryptoError:
                continue
        require(
            public is not None
            and (public.office, public.forms, public.evaluation)
            == (one.office, one.forms_key, one.evaluation_key),
            "session keys",
            f"the announcement of the {one.office} does not hold",
        )
        assert public is not None
        found[one.office] = public
    if len(found) > 1:
        require_pair(found["agency"], found["supervisor"])
    for published in read.all(e.FormKeysPublished):
        require(
            disclosed_matches(
                unb64(published.private_key), found[published.office].forms, found[published.office].suite
            ),
            "session keys",
            f"the {published.office} published another key than it announced",
        )
    return found


def _releases(
    read: Read, manifests: dict[str, Manifest], sessions: dict[str, SessionPublic]
) -> dict[str, KeyRelease]:
    """The release that counts, of each bidder: the last one."""
    found: dict[str, KeyRelease] = {}
    for one in read.all(e.KeyReleased):
        said = signed(one.release, one.release_signature)
        release = None
        for key in read.keys_of(one.bidder):
            try:
                release = verify_release(said, key)
                break
            except CryptoError:
                continue
        require(release is not None, "key releases", f"not signed by a device of {one.bidder}")
        assert release is not None
        require("agency" in sessions, "key releases", f"{one.bidder} released to no session")
        check_release(release, manifests[one.bidder], sessions["agency"])
        found[one.bidder] = release
    return found


def _forms(
    read: Read,
    imported: e.BidsImported,
    manifests: dict[str, Manifest],
    sessions: dict[str, SessionPublic],
    releases: dict[str, KeyRelease],
) -> None:
    runs = _runs(read)
    published = runs[_counting(runs)].all(e.FormKeysPublished)
    secrets = {one.office: unb64(one.private_key) for one in published}
    before = read.lot_before(imported)
    recovered, spared = before.escrow.recovered, before.opening.spared
    early = set(secrets) != set(sessions) and not keyless(before).issuperset(
        one.bidder for one in imported.results
    )
    require(not early, "forms", "imported before both form keys were published")
    bodies = {one.bidder: unb64(one.body) for one in read.record.forms}
    for one in imported.results:
        manifest = manifests[one.bidder]
        keyed = one.bidder in keyless(before) or one.bidder in releases
        require(keyed, "forms", f"{one.bidder}: opened with neither its key nor two trustees'")
        if one.lost:
            require(one.bidder not in bodies, "forms", f"{one.bidder}: said to be lost, and is in the record")
            continue
        require(one.bidder in bodies, "forms", f"{one.bidder}: its sealed form is not in the record")
        cek: bytes | None = None
        try:
            if one.bidder in spared:
                opened = spare_form(bodies[one.bidder], manifest)
            else:
                # From the trustees: whether the key is the sealed one shows the body's commitment.
                cek = (
                    _published(one)
                    if one.bidder in recovered
                    else recover_cek(releases[one.bidder], FORM, secrets["agency"], secrets["supervisor"])
                )
                opened = open_form(bodies[one.bidder], manifest, cek)
        except OpeningError as error:
            same = not one.opened and one.layer == error.layer.value
            require(same, "forms", f"{one.bidder}: fails at {error.layer.value}, the record says otherwise")
            continue
        again = ImportedBid(
            bidder=one.bidder,
            opened=True,
            form_key="" if cek is None else b64(cek),
            form=announced(opened.form),
            plaintext_sha256=opened.content_sha256.hex(),
        )
        require(again == one, "forms", f"{one.bidder}: opens to something else than was recorded")


def _spares(read: Read, manifests: dict[str, Manifest]) -> None:
    """R-PAIN-05: what was handed in is what manifest and receipt name; it was taken after that, before any price."""
    handed_in = {one.bidder: one for one in read.all(e.SpareHandedIn)}
    receipts = {
        one.bidder: verify_receipt(signed(one.receipt, one.signature), unb64(read.record.platform_key))
        for one in read.record.receipts
    }
    for bidder, one in handed_in.items():
        committed = manifests[bidder].spare
        named = isinstance(committed, SpareFile) and committed.sha256 == one.sha256 == receipts[bidder].spare
        require(named, "forms", f"{bidder}: the spare file is not the one that its receipt names")
    for taken in read.all(e.SpareAccepted):
        brought = handed_in.get(taken.bidder)
        require(brought is not None and brought.at <= taken.at, "forms", f"{taken.bidder}: no spare to take")


def _published(one: ImportedBid) -> bytes:
    if not one.form_key:
        raise OpeningError(layer=Layer.ESCROW, envelope=FORM, reason="the trustees' shares gave no key")
    return unb64(one.form_key)


def _announced(read: Read, imported: e.BidsImported) -> Iterator[str]:
    forms = {one.bidder: one.form for one in imported.results}
    for announcement in read.all(e.PricesAnnounced):
        require(table_hash(announcement.table) == announcement.table_hash, "table", "hash differs")
        for row in announcement.table:
            opened = row.form is not None
            require(not opened or row.form == forms.get(row.bidder), "table", f"{row.bidder}: other values")
        yield f"table: {len(announcement.table)} lines as opened, announced in one batch"


def _reference(read: Read) -> Iterator[str]:
    revealed, committed = read.first(e.ReferencePriceRevealed), read.first(e.ReferencePriceCommitted)
    if revealed is not None:
        again = commitment(read.record.lot, revealed.reference_fen, revealed.salt)
        require(committed is not None and committed.commitment == again, "标底", "not the one committed to")
        yield "标底: as committed to before the deadline"


def _signed_record(read: Read) -> Iterator[str]:
    ended = read.first(e.OpeningEnded)
    if ended is None:
        return
    text = record_text(read.lot_before(ended))
    require(text == ended.record, "opening record", "does not follow from the events")
    digest = hashlib.sha256(ended.record.encode()).hexdigest()
    signatures = read.all(e.RecordSigned)
    require(
        ended.record_hash == digest and {one.record_hash for one in signatures} == {digest},
        "opening record",
        "signed over another text",
    )
    require({one.office for one in signatures} == {"agency", "supervisor"}, "opening record", "unsigned")
    yield "opening record: follows from the events, signed by agency and supervisor"
