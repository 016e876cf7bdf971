"""Pages of bar charts as SVG text, and as PNG where the machine can set Chinese.

SVG leaves the type to whoever looks: each text names a list of Chinese fonts, so nothing need be installed here.
"""

from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import msgspec

FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Droid Sans Fallback",
)
FAMILY = ", ".join(f"'{name}'" for name in FONTS) + ", sans-serif"
WIDTH, MARGIN, ROW, GAP = 960, 40, 24, 28
LABEL, BAR = 190, 480
INK, QUIET, FILL, WARNING = "#1c2430", "#5b6675", "#2f7d6b", "#a15c00"
#: Characters of small type that fit on one line; a Chinese one takes two places.
PLACES = 150


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """``bars``: label, value (not negative), value as text."""

    title: str
    bars: list[tuple[str, int, str]]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """``mark``: said in colour under the title, empty for nothing. ``facts``: label and value, in large type."""

    name: str
    title: str
    mark: str
    facts: list[tuple[str, str]]
    panels: list[Panel]
    foot: list[str]


def svg(page: Page) -> str:
    """The page as one SVG document."""
    drawn: list[str] = []
    y = MARGIN + 12

    def text(x: float, at: float, said: str, size: int, colour: str = INK, *, weight: int = 400) -> None:
        drawn.append(
            f'<text x="{x:g}" y="{at:g}" font-size="{size}" font-weight="{weight}" fill="{colour}">'
            f"{escape(said)}</text>"
        )

    text(MARGIN, y, page.title, 24, weight=700)
    if page.mark:
        y += 26
        text(MARGIN, y, page.mark, 14, WARNING, weight=700)
    for label, value in page.facts:
        y += 34
        text(MARGIN, y, label, 14, QUIET)
        text(MARGIN + 400, y, value, 20, FILL, weight=700)
    for panel in page.panels:
        y += GAP + 20
        text(MARGIN, y, panel.title, 15, weight=700)
        most = max((value for _, value, _ in panel.bars), default=0) or 1
        for label, count, said in panel.bars:
            y += ROW
            text(MARGIN, y, label, 13, QUIET)
            width = max(BAR * count / most, 1 if count else 0)
            drawn.append(
                f'<rect x="{MARGIN + LABEL}" y="{y - 13}" width="{width:.1f}" height="16" rx="2" fill="{FILL}">'
                f"<title>{escape(f'{label}: {said}')}</title></rect>"
            )
            text(MARGIN + LABEL + width + 8, y, said, 13)
    for said in page.foot:
        y += GAP
        for part in wrapped(said, PLACES):
            text(MARGIN, y, part, 11, QUIET)
            y += 16
    height = y + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" '
        f'height="{height:g}" font-family={quoteattr(FAMILY)} role="img">\n'
        f"<title>{escape(page.title)}</title>\n"
        f'<rect width="{WIDTH}" height="{height:g}" fill="#ffffff"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def wrapped(said: str, places: int) -> list[str]:
    """Lines of at most ``places``, where a character beyond Latin takes two. Chinese breaks anywhere."""
    cuts, used = [0], 0
    for index, character in enumerate(said):
        wide = 2 if ord(character) > 0x2E7F else 1
        if used + wide > places:
            cuts.append(index)
            used = 0
        used += wide
    return [said[start:end] for start, end in pairwise([*cuts, len(said)])]


def chinese_font() -> str | None:
    """A font of this machine that matplotlib can set Chinese with; None without either."""
    try:
        from matplotlib import font_manager
    except ImportError:
        return None
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in installed), None)


def png(page: Page, path: Path, font: str) -> None:
    """The page's panels drawn with matplotlib in ``font``."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    heights = [len(panel.bars) + 2 for panel in page.panels]
    with rc_context({"font.family": [font, "DejaVu Sans"], "axes.unicode_minus": False}):
        figure = Figure(figsize=(WIDTH / 100, sum(heights) * 0.28 + 1), layout="constrained")
        said = "  ".join(f"{label} {value}" for label, value in page.facts[:2])
        figure.suptitle("\n".join(part for part in (page.title, page.mark, said) if part), fontsize=12)
        axes = figure.subplots(len(page.panels), 1, squeeze=False, height_ratios=heights)
        for axis, panel in zip(axes[:, 0], page.panels, strict=True):
            labels = [label for label, _, _ in panel.bars]
            drawn = axis.barh(labels, [value for _, value, _ in panel.bars], color=FILL)
            axis.bar_label(drawn, [text for _, _, text in panel.bars], padding=4, fontsize=8)
            axis.invert_yaxis()
            axis.set_title(panel.title, loc="left", fontsize=10)
            axis.xaxis.set_visible(False)
            axis.spines[["top", "right", "bottom"]].set_visible(False)
            axis.margins(x=0.2)
        figure.savefig(path, dpi=150)
