"""Statutory papers of a lot as sealed OFD with a PDF copy, for whoever may see what they say.

R-CRYP-02, R-CRYP-03; 20号令 40 [M].

A paper is sealed when it is asked for first, and kept: as long as it says the same, everybody gets the same file, so
that its digest can be named. So is its copy: who asks for it again and again keeps no processor from those who bid.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from bidding.application.bids import BidDesk
from bidding.application.papercopy import pdf_copy
from bidding.application.platform import Platform
from bidding.crypto.instant import instant
from bidding.crypto.ofd.document import Paper
from bidding.crypto.ofd.package import Stamp, sealed_document
from bidding.domain.disclosure import sight, view
from bidding.domain.errors import OutOfOrder, Unknown
from bidding.domain.lot import Lot
from bidding.domain.parties import Actor

RULE = "R-CRYP-03"


class PaperKind(StrEnum):
    """What a lot has on paper, in the order of its life."""

    NOTICE = "notice"
    RECEIPT = "receipt"  # of one's own bid
    OPENING_RECORD = "opening-record"
    REPORT = "report"
    AWARD_NOTICE = "award-notice"
    CONTRACT = "contract"


@dataclass(frozen=True)
class OfficeSeal:
    """The platform's seal, and the roots (DER) under which it was checked at the start."""

    stamp: Stamp
    roots: tuple[bytes, ...]
    makers: tuple[bytes, ...]


class Papers:
    """``seal`` None: none is entered, and no paper can be sealed."""

    def __init__(self, platform: Platform, bids: BidDesk, seal: OfficeSeal | None) -> None:
        self._platform, self._bids, self._seal = platform, bids, seal

    async def listed(self, lot_id: str, actor: Actor | None) -> tuple[PaperKind, ...]:
        """Those that there are for this actor; none without a seal. Raises ``Unknown`` for the lot."""
        shown = await self._shown(lot_id, actor)
        if self._seal is None:
            return ()
        return tuple([kind for kind in PaperKind if (await self._said(shown, kind, actor))[1]])

    async def export(self, lot_id: str, kind: PaperKind, actor: Actor | None) -> bytes:
        """The paper as it stands, sealed.

        Raises ``Unknown`` where there is none for this actor, ``OutOfOrder`` without a seal."""
        _, _, ofd = await self._sealed(lot_id, kind, actor)
        return ofd

    async def copy(self, lot_id: str, kind: PaperKind, actor: Actor | None) -> bytes:
        """The same as PDF, which names the sealed one. Raises as ``export``."""
        key, paper, ofd = await self._sealed(lot_id, kind, actor)
        where = f"/lots/{lot_id}/papers/{kind}.ofd"
        return await self._kept(f"{key}.pdf", partial(pdf_copy, paper, ofd, where))

    async def _shown(self, lot_id: str, actor: Actor | None) -> Lot:
        recorded, lot = await self._platform.recorded(lot_id, actor)
        return view(lot_id, (one.event for one in recorded), sight(actor, lot))

    async def _said(self, shown: Lot, kind: PaperKind, actor: Actor | None) -> tuple[str, str]:
        if kind is PaperKind.RECEIPT:
            return "投标回执", await self._receipt(shown.lot_id, actor)
        return TEXTS[kind](shown)

    async def _sealed(self, lot_id: str, kind: PaperKind, actor: Actor | None) -> tuple[str, Paper, bytes]:
        """Its key among the objects, the paper, and the sealed file."""
        shown = await self._shown(lot_id, actor)
        title, text = await self._said(shown, kind, actor)
        if not text:
            raise Unknown("no-such-paper", rule=RULE, kind=kind)
        if self._seal is None:
            raise OutOfOrder("seal-absent", rule="R-CRYP-02")
        live = await self._platform.mode_of(lot_id) == "live"
        if not live:
            text = f"测试标段，不具法律效力\n\n{text}"
        identifier = hashlib.sha256(f"{lot_id}\n{kind}\n{text}".encode()).hexdigest()[:32]
        now = self._platform.clock.now()
        paper = Paper(title=title, text=text, made_at=now, identifier=identifier)
        key = f"{'' if live else 'test/'}papers/{identifier}"
        return key, paper, await self._kept(key, partial(sealed_document, paper, self._seal.stamp, now))

    async def _kept(self, key: str, make: Callable[[], bytes]) -> bytes:
        """What was made first. The key tells nothing of whose paper it is."""
        objects = self._platform.objects
        if await objects.size(key) is None:
            async with self._platform.gate.exclusive(key) as leave:
                if await objects.size(key) is None:
                    made = await asyncio.to_thread(make)
                    leave.ensure()
                    await objects.put(key, made)
        return b"".join([chunk async for chunk in objects.get(key)])

    async def _receipt(self, lot_id: str, actor: Actor | None) -> str:
        """R-BID-04: what stands in it and the platform's signature, which is checked by itself too."""
        if actor is None:
            return ""
        effective = (await self._bids.bid(lot_id, actor.party)).effective
        if effective is None:
            return ""
        return f"投标回执\n\n{effective.receipt}\n\n平台签名：{effective.receipt_signature}"


def _notice(lot: Lot) -> tuple[str, str]:
    notice = lot.notice
    if notice.published_at is None:
        return "", ""
    document = notice.document
    lines = (
        f"招标公告（{notice.number}）",
        "",
        f"项目名称：{notice.title}",
        f"招标人：{notice.tenderer_name}",
        f"招标代理机构：{notice.agency_name}",
        f"发布时间：{instant(notice.published_at)}",
        f"投标截止及开标时间：{_moment(notice.deadline)}",
        f"公告散列（SHA-256）：{notice.notice_hash}",
        f"招标文件散列（SHA-256）：{document.sha256 if document is not None else ''}",
        "",
        notice.text,
    )
    return "招标公告", "\n".join(lines)


def _opening_record(lot: Lot) -> tuple[str, str]:
    return "开标记录", lot.opening.record


def _report(lot: Lot) -> tuple[str, str]:
    return "评标报告", lot.evaluation.report


def _award_notice(lot: Lot) -> tuple[str, str]:
    award = lot.award
    if not award.number:
        return "", ""
    lines = (
        f"中标通知书（{award.number}）",
        "",
        f"{award.name}：",
        "",
        f"你单位在“{lot.notice.title}”招标中被确定为中标人。",
        f"中标价：人民币{award.price_fen // 100}.{award.price_fen % 100:02d}元",
        f"工期（交货期）：{award.duration_days}天",
        f"质量：{award.quality}",
        f"项目负责人：{award.project_lead}",
        f"请于 {_moment(award.contract_due)} 前与招标人签订合同。",
        "",
        f"招标人：{lot.notice.tenderer_name}",
        f"发出时间：{_moment(award.issued_at)}",
    )
    return "中标通知书", "\n".join(lines)


def _contract(lot: Lot) -> tuple[str, str]:
    return "合同", lot.contract.text


def _moment(at: datetime | None) -> str:
    return instant(at) if at is not None else ""


#: Kind → title and text; the text is empty where there is no such paper.
TEXTS: dict[PaperKind, Callable[[Lot], tuple[str, str]]] = {
    PaperKind.NOTICE: _notice,
    PaperKind.OPENING_RECORD: _opening_record,
    PaperKind.REPORT: _report,
    PaperKind.AWARD_NOTICE: _award_notice,
    PaperKind.CONTRACT: _contract,
}
