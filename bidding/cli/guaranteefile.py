"""An electronic guarantee as its issuer hands it over, checked before it is sealed into the bid (R-GUAR-01).

The file is JSON: ``letter`` (the canonical text that was signed), ``signature`` and ``certificate`` (base64url), or
``reference`` where the signature is of a kind that has to be checked elsewhere.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from bidding.application.guarantees import offered
from bidding.cli.failure import Exit, Failure, failure
from bidding.cli.language import say
from bidding.cli.lotview import LotView
from bidding.cli.terminal import note
from bidding.crypto.form import OpeningForm
from bidding.crypto.guarantee import SignedGuarantee
from bidding.domain.guarantee import (
    Asked,
    GuaranteeFault,
    GuaranteeKind,
    SignatureState,
    bid_validity_ends,
    faults,
)

#: What each fault means to the bidder, who can still have it put right.
WORDS: dict[GuaranteeFault, tuple[str, str]] = {
    GuaranteeFault.UNREADABLE: ("保函电文无法读取", "the letter cannot be read"),
    GuaranteeFault.WRONG_KIND: ("不是投标保函", "it is no bid guarantee"),
    GuaranteeFault.WRONG_LOT: ("保函写的是另一标段", "it is for another lot"),
    GuaranteeFault.WRONG_BENEFICIARY: ("受益人不是本标段招标人", "its beneficiary is not the tenderer"),
    GuaranteeFault.WRONG_PRINCIPAL: ("被保证人不是本投标人", "it is given for another bidder"),
    GuaranteeFault.AMOUNT_TOO_LOW: ("金额低于要求的投标保证金", "its amount is below the deposit asked"),
    GuaranteeFault.VALIDITY_TOO_SHORT: ("有效期短于投标有效期", "it ends before the bid does"),
    GuaranteeFault.SIGNATURE_INVALID: ("出具机构签名验证不通过", "the issuer's signature does not hold"),
}


def enclosed(
    form: OpeningForm, file: Path, lot: LotView, documents: Mapping[str, Mapping[str, Path]], bidder: str
) -> OpeningForm:
    """``form`` with the guarantee inside. Failure names everything in which it is not what this bidder is asked."""
    try:
        said = msgspec.json.decode(file.read_bytes(), type=SignedGuarantee)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _not_sealed(str(error), str(error)) from None
    if not lot.terms.bid_deposit_fen or lot.notice.deadline is None:
        raise _not_sealed(
            "本标段不收取投标保证金,无需保函", "this lot asks no deposit, so no guarantee either"
        )
    amount_fen = lot.deposit_fen(bidder)
    if amount_fen is None:
        raise failure(
            Exit.LOCAL,
            (
                "不予封装:本标段保证金按信用分级,标段文件中没有本单位的金额",
                "not sealed: this lot grades deposits by credit, and the lot's file does not say yours",
            ),
            ("用 bidding lot --key 重新取得标段", "fetch the lot again with bidding lot --key"),
        )
    found = offered(said)
    asked = Asked(
        kind=GuaranteeKind.BID,
        lot=lot.lot_id,
        beneficiary=lot.notice.tenderer_name,
        amount_fen=amount_fen,
        valid_until=bid_validity_ends(lot.notice.deadline, lot.terms.bid_validity_days),
    )
    wrong = [WORDS[fault] for fault in faults(found, asked)]
    if not wrong and found.document_sha256 not in _hashes(documents):
        wrong = [("保函文件本身不在所附文件中", "the guarantee document is not among the files given")]
    if wrong:
        raise _not_sealed(";".join(zh for zh, _ in wrong), "; ".join(en for _, en in wrong))
    if found.signature is SignatureState.UNCHECKED:
        note(
            say(
                f"出具机构的签名不能在此验证,由评标委员会核对:{found.reference}",
                f"The issuer's signature cannot be checked here; the committee will: {found.reference}",
            ),
            "yellow",
        )
    return replace(form, guarantee=said)


def _hashes(documents: Mapping[str, Mapping[str, Path]]) -> set[str]:
    found = set()
    for files in documents.values():
        for path in files.values():
            with path.open("rb") as data:
                found.add(hashlib.file_digest(data, "sha256").hexdigest())
    return found


def _not_sealed(zh: str, en: str) -> Failure:
    return failure(
        Exit.LOCAL,
        (f"不予封装,保函不符:{zh}", f"not sealed, the guarantee does not fit: {en}"),
        ("请出具机构改正后重新开具", "have the issuer correct it"),
    )
