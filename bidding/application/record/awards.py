"""Candidates, award and contract: the figures go back to the opened forms."""

from collections.abc import Iterator

from bidding.application.record.read import Read, require
from bidding.domain.award import events as a
from bidding.domain.contract.events import ContractFiled
from bidding.domain.evaluation.outcome import Candidate
from bidding.domain.opening.events import BidsImported, RollPublished


def check_award(read: Read) -> Iterator[str]:
    imported, roll = read.first(BidsImported), read.first(RollPublished)
    if imported is None or roll is None:
        return
    forms = {one.bidder: one.form for one in imported.results if one.form is not None}
    names = {entry.bidder: entry.name for entry in roll.roll}
    for one in _candidates(read):
        form = forms.get(one.bidder)
        require(
            form is not None
            and names[one.bidder] == one.name
            and (form.price_fen, form.duration_days, form.quality, form.project_lead)
            == (one.price_fen, one.duration_days, one.quality, one.project_lead),
            "candidates",
            f"{one.bidder}: other values than in the opened form",
        )
    ranks = [one.rank for one in _candidates(read)]
    if ranks:
        require(ranks == sorted(ranks), "candidates", "not in the order of their ranks")
        yield f"candidates: {len(ranks)}, with the values of their opened forms"
    notice = read.last(a.AwardNoticeIssued)
    if notice is None:
        return
    form = forms[notice.winner]
    require(
        (form.price_fen, form.duration_days, form.quality, form.project_lead)
        == (notice.price_fen, notice.duration_days, notice.quality, notice.project_lead),
        "award notice",
        "other values than in the winner's opened form",
    )
    yield "award notice: to a bidder on the roll, with the values of its opened form"
    filed = read.last(ContractFiled)
    if filed is not None:
        # a notice issued after the contract was revoked is not the one that the contract stands on
        under = {(one.winner, one.price_fen, one.number) for one in read.all(a.AwardNoticeIssued)}
        require(
            (filed.winner, filed.price_fen, filed.award_number) in under,
            "contract",
            "price, winner or award notice differ",
        )
        yield "contract: with the winner, at the price of the bid, under the award notice's number"


def _candidates(read: Read) -> list[Candidate]:
    published = read.first(a.CandidatesPublicised) or read.first(a.ResultAnnounced)
    return list(published.candidates) if published is not None else []
