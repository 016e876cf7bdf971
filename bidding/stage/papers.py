"""The bidders' papers: real PDF files with text and scanned drawings, none like another."""

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
_SCAN = (1240, 1754)  # A4 at 150 dpi
_LINE = 22


def write_pdf(path: Path, title: str, author: str, paragraphs: list[str], size: int, seed: str) -> None:
    """A PDF of at least ``size`` bytes: a text page, then scanned pages, like what bidders really hand in."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    # Drawings only have to differ from one another and compress badly; nothing secret comes from here.
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    _text_page(canvas, title, author, paragraphs)
    written, sheet = 0, 0
    while written < size:
        sheet += 1
        scan = _scan(chance, f"{title} 图 {sheet}")
        canvas.drawImage(ImageReader(io.BytesIO(scan)), 0, 0, *A4)
        canvas.setFont(FONT, 9)
        canvas.drawString(40, 20, f"{author}  {title}  图 {sheet}")
        canvas.showPage()
        written += len(scan)
    canvas.save()


def _text_page(canvas: Canvas, title: str, author: str, paragraphs: list[str]) -> None:
    canvas.setFont(FONT, 18)
    canvas.drawString(60, 780, title)
    canvas.setFont(FONT, 11)
    canvas.drawString(60, 750, author)
    y = 715
    for paragraph in paragraphs:
        for start in range(0, len(paragraph), 40):
            canvas.drawString(60, y, paragraph[start : start + 40])
            y -= _LINE
    canvas.showPage()


def _scan(chance: random.Random, caption: str) -> bytes:
    """A page as a scanner gives it: paper grain, and a plan drawn on it."""
    grain = Image.frombytes(
        "L", (_SCAN[0] // 2, _SCAN[1] // 2), chance.randbytes(_SCAN[0] // 2 * (_SCAN[1] // 2))
    )
    page = grain.point(lambda level: 225 + level // 9).resize(_SCAN)
    drawing = ImageDraw.Draw(page)
    x, y = 80, chance.randrange(200, 1500)
    for _ in range(60):
        to = x + chance.randrange(5, 40), y + chance.randrange(-60, 60)
        drawing.line((x, y, *to), fill=30, width=3)
        x, y = to
    drawing.rectangle((60, 60, _SCAN[0] - 60, _SCAN[1] - 60), outline=20, width=4)
    drawing.text((90, _SCAN[1] - 100), caption.encode("ascii", "replace").decode(), fill=10)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=60)
    return out.getvalue()
