"""Figures measured in CSS pixels, and their text as inline SVG that is the same for the same input."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from alloycell.pictures.palette import EDGE, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["apart", "canvas", "inline_svg", "panel", "shortened", "style"]

_PER_INCH = 72.0
_FONTS = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'Segoe UI', system-ui, sans-serif"
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.size": 10.5,
    "axes.titlesize": 12.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10.5,
    "axes.edgecolor": EDGE,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": EDGE,
    "ytick.color": EDGE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10.0,
    "ytick.labelsize": 10.0,
    "grid.color": "#e6e9ec",
    "grid.linewidth": 0.8,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 10.0,
    "lines.linewidth": 1.7,
}


@contextmanager
def style() -> Iterator[None]:
    """While it is open, matplotlib draws in the report's style, whatever the person's own settings; no units."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for key, value in _STYLE.items():
            matplotlib.rcParams[key] = value  # type: ignore[index]
        yield


def canvas(width: float, height: float) -> Figure:
    """An empty figure of ``width`` and ``height`` [px of a page at its natural size], without pyplot."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width / _PER_INCH, height / _PER_INCH), dpi=_PER_INCH, facecolor="none")


def panel(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes on ``figure`` whose plot area starts ``left`` and ``top`` and is ``width`` by ``height`` [px]."""
    wide, tall = (float(inches) * _PER_INCH for inches in figure.get_size_inches())
    axes = figure.add_axes((left / wide, 1.0 - (top + height) / tall, width / wide, height / tall))
    axes.patch.set_alpha(0.0)
    axes.tick_params(length=3, width=0.8)
    return axes


def inline_svg(figure: Figure, name: str, label: str) -> str:
    """``figure`` as the text of one ``svg`` element for a page, sized in px by its view box.

    ``name`` keeps its identifiers apart from those of other figures, ``label`` is read to people who do not see it.
    The text depends on the figure alone: no date, no random identifiers.
    """
    import matplotlib

    stream = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure.savefig(stream, format="svg", facecolor="none", metadata={"Date": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"(font: (?:[a-z0-9]+ )*[\d.]+px) [^;\"]*", rf"\1 {_FONTS}", text)
    text = re.sub(r"font-family: [^;\"]*", f"font-family: {_FONTS}", text)
    return _opened(_named(text, name), label).strip()


def _named(text: str, name: str) -> str:
    used = set(re.findall(r"(?:href=\"|url\()#([\w.-]+)", text))
    text = re.sub(r" id=\"([\w.-]+)\"", lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", text)
    return re.sub(r"(href=\"|url\()#([\w.-]+)", rf"\1#{name}-\2", text)


def _opened(text: str, label: str) -> str:
    box = re.search(r"viewBox=\"([^\"]*)\"", text)
    size = box[1] if box else "0 0 1 1"
    said = label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    wide, tall = size.split()[2:]
    return re.sub(
        r"<svg[^>]*>",
        lambda _: (
            f'<svg class="picture" viewBox="{size}" width="{wide}" height="{tall}" role="img" aria-label="{said}" '
            'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        ),
        text,
        count=1,
    )


def shortened(text: str, most: int, lines: int = 1) -> str:
    """``text`` in at most ``lines`` lines of ``most`` characters (counts), an ellipsis for what is missing."""
    text = " ".join(text.split())
    if lines > 1:
        text = "\n".join(textwrap.wrap(text, most, max_lines=lines, placeholder="…"))
    elif len(text) > most:
        text = text[: most - 1].rstrip() + "…"
    return text.replace("$", r"\$")


def apart(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Positions near ``wanted``, at least ``gap`` apart where there is room, between ``low`` and ``high``.

    All in one unit, unit unchanged; ``wanted`` rises, and so does the answer.
    """
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    blocks: list[list[float]] = []
    for middle in wanted:
        blocks.append([middle, 1.0])
        while len(blocks) > 1 and _overlap(blocks[-2], blocks[-1], gap):
            (first, many), (second, more) = blocks[-2:]
            blocks[-2:] = [[(first * many + second * more) / (many + more), many + more]]
    placed: list[float] = []
    for middle, many in blocks:
        reach = gap * (many - 1) / 2
        start = min(max(middle, low + reach), high - reach) - reach
        placed.extend(start + gap * step for step in range(round(many)))
    for index in range(1, len(placed)):
        placed[index] = max(placed[index], placed[index - 1] + gap)
    over = max(0.0, placed[-1] - high) if placed else 0.0
    for index in range(len(placed) - 1, -1, -1):
        ceiling = high if index == len(placed) - 1 else placed[index + 1] - gap
        placed[index] = min(placed[index], ceiling) if over else placed[index]
    return placed


def _overlap(lower: list[float], upper: list[float], gap: float) -> bool:
    return upper[0] - lower[0] < gap * (lower[1] + upper[1]) / 2
