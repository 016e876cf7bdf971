"""The routers that read, and the commands they take over: one list for the server and its document."""

from fastapi import APIRouter

from bidding.api import (
    archive,
    bids,
    book,
    credit,
    demonstration,
    documents,
    escrow,
    evaluation,
    exchange,
    experts,
    feed,
    formulas,
    ledger,
    log,
    lots,
    offices,
    operation,
    papers,
    performance,
    prequalification,
    public,
    rehearsals,
    rooms,
    statistics,
    supervision,
    timeline,
    wall,
    webclient,
)
from bidding.api.commands import EXCLUDED

READERS: tuple[APIRouter, ...] = (
    lots.router,
    feed.router,
    wall.router,
    documents.router,
    prequalification.router,
    bids.router,
    book.router,
    rooms.router,
    experts.router,
    credit.router,
    escrow.router,
    evaluation.router,
    public.router,
    papers.router,
    timeline.router,
    ledger.router,
    performance.router,
    offices.router,
    formulas.router,
    rehearsals.router,
    statistics.router,
    exchange.router,
    archive.router,
    log.router,
    supervision.router,
    demonstration.router,
    operation.router,
    webclient.router,
)

#: Commands with routes of their own: the upload server and the download take them.
HANDED_OVER = EXCLUDED | {"bid/start-upload", "notice/download"}
