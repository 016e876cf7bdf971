"""A page for every problem type: what it means and what to do, in Chinese and English, or as JSON."""

import base64
import hashlib
from html import escape

import msgspec
from fastapi import APIRouter, Request, Response

from bidding.api import boundary
from bidding.api.tags import tag
from bidding.application.messages import Entry, catalogue
from bidding.domain.errors import Unknown

router = APIRouter(prefix="/problems", tags=[tag("service")])

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 42rem; margin: 3rem auto; padding: 0 1.25rem; }
code { font-size: 1.1rem; } h2 { font-size: 1rem; opacity: .7; font-weight: 500; margin-top: 2.5rem; }
p.next { border-left: 3px solid #2a7; padding-left: .9rem; }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"style-src 'sha256-{_HASH}'; {boundary.POLICY}"


@router.get("/{code}", summary="What a problem type means · 问题说明")
async def page(code: str, request: Request) -> Response:
    """The `type` of every problem leads here. HTML for browsers, JSON for everybody else."""
    entry = catalogue().get(code)
    if entry is None or code.startswith("title-"):
        raise Unknown("no-such-page")
    headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept"}
    if "text/html" in request.headers.get("accept", ""):
        headers["Content-Security-Policy"] = POLICY
        return Response(_html(code, entry), media_type="text/html; charset=utf-8", headers=headers)
    content = {"type": f"/problems/{code}", "code": code, **msgspec.to_builtins(entry)}
    return Response(msgspec.json.encode(content), media_type="application/json", headers=headers)


def _html(code: str, entry: Entry) -> str:
    parts = "".join(
        f'<h2>{name}</h2><div lang="{lang}"><p>{escape(what)}</p><p class="next">{escape(todo)}</p></div>'
        for lang, name, what, todo in (
            ("zh-CN", "中文", entry.zh, entry.zh_next),
            ("en", "English", entry.en, entry.en_next),
        )
    )
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(code)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<main><code>{escape(code)}</code>{parts}</main></html>"
    )
