"""The opening form as a bidder writes it (TOML or JSON), checked before it is sealed.

price_yuan = "1234567.89"      # or price_fen = 123456789
duration_days = 180
quality = "合格"
project_lead = "张三"
note = ""                      # optional, as are draw_nonce and [extras]
"""

import re
import secrets
import tomllib
from pathlib import Path

import msgspec

from bidding.cli.failure import Exit, Failure, failure
from bidding.cli.lotview import LotView
from bidding.cli.terminal import yuan
from bidding.crypto.canonical import b64
from bidding.crypto.errors import FormError
from bidding.crypto.form import OpeningForm, form_bytes

_YUAN = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2}))?")
_NONCE_BYTES = 32


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    duration_days: int
    quality: str
    project_lead: str
    price_fen: int | None = None
    price_yuan: str | None = None
    draw_nonce: str = ""
    extras: dict[str, str] = {}
    note: str = ""


def read_form(path: Path) -> OpeningForm:
    """The form of a ``.toml`` or ``.json`` file; a fresh draw nonce if it names none. Failure names the field."""
    data = path.read_bytes()
    try:
        loose = msgspec.json.decode(data) if path.suffix == ".json" else tomllib.loads(data.decode())
        written = msgspec.convert(loose, _Written)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(str(error)) from None
    form = OpeningForm(
        price_fen=_price(written),
        duration_days=written.duration_days,
        quality=written.quality,
        project_lead=written.project_lead,
        draw_nonce=written.draw_nonce or b64(secrets.token_bytes(_NONCE_BYTES)),
        extras=written.extras,
        note=written.note,
    )
    try:
        form_bytes(form)
    except FormError as error:
        raise _wrong(f"{error.field}: {error.reason}") from None
    return form


def check_form(form: OpeningForm, lot: LotView) -> None:
    """Refuse what the tender would reject for certain: better here than after the opening."""
    limit, longest = lot.notice.price_limit_fen, lot.terms.max_duration_days
    if form.price_fen == 0:
        raise _refused("报价为零", "the price is zero")
    if limit is not None and form.price_fen > limit:
        raise _refused(
            f"报价 {yuan(form.price_fen)} 高于最高投标限价 {yuan(limit)}",
            f"the price {yuan(form.price_fen)} is above the limit {yuan(limit)}",
        )
    if not 1 <= form.duration_days <= longest:
        raise _refused(
            f"工期 {form.duration_days} 天不在 1 至 {longest} 天之内",
            f"the duration of {form.duration_days} days is not within 1 to {longest}",
        )


def _price(written: _Written) -> int:
    if (written.price_fen is None) == (written.price_yuan is None):
        raise _wrong("price_fen / price_yuan: exactly one · 二者须且只须填一个")
    if written.price_fen is not None:
        return written.price_fen
    match = _YUAN.fullmatch(written.price_yuan or "")
    if match is None:
        raise _wrong('price_yuan: "1234567.89"')
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _wrong(reason: str) -> Failure:
    return failure(
        Exit.LOCAL,
        (f"开标一览表有误:{reason}", f"the opening form is wrong: {reason}"),
        ("改正所指的字段", "correct the field that is named"),
    )


def _refused(zh: str, en: str) -> Failure:
    return failure(
        Exit.LOCAL,
        (f"不予封装:{zh}", f"not sealed: {en}"),
        ("核对招标文件后改正开标一览表", "compare with the tender document and correct the form"),
    )
