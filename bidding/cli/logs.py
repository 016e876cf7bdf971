"""Structured logs: for people on a terminal, one JSON object a line everywhere else."""

import logging
import sys

import structlog


def configure_logs(*, debug: bool = False) -> None:
    """To stderr. Warnings of libraries come through the same door; nothing below ``info`` unless ``debug``."""
    level = logging.DEBUG if debug else logging.INFO
    terminal = sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last] if not terminal else [*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_printing,
        cache_logger_on_first_use=False,
    )
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_foreign(last))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.WARNING)
    # Their access lines would tell who does what before the deadline (R-GEN-04).
    for quiet in ("uvicorn.access", "websockets", "asyncio", "httpx2", "httpcore2"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    logging.getLogger("websockets.server").setLevel(logging.ERROR)


def _printing(*_: object) -> structlog.PrintLogger:
    """On the stderr of this moment: it may be another one than when the logs were configured."""
    return structlog.PrintLogger(sys.stderr)


class _Stderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def _foreign(last: structlog.typing.Processor) -> list[structlog.typing.Processor]:
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        last,
    ]
