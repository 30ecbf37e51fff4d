"""An empty figure in the house style, its palette, and its way to SVG.

Colors are told apart by people with any of the common color vision deficiencies (after Okabe and Ito), and a
rating has the same color in every figure. In a page each color becomes a style sheet variable, so one drawing
serves light and dark backgrounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

from repetita.errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER = "#fffffe"
INK = "#1d2433"
MUTED = "#5f6b7f"
GRID = "#dde1e9"
SHADE = "#e9ebf4"
BAR = "#8d99ae"
ACCENT = "#6a4fa3"
RATING_COLORS = {1: "#d55e00", 2: "#c98a00", 3: "#009e73", 4: "#0072b2"}
VARIABLES = {
    PAPER: "--paper",
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--grid",
    SHADE: "--shade",
    BAR: "--bar",
    ACCENT: "--accent",
    RATING_COLORS[1]: "--again",
    RATING_COLORS[2]: "--hard",
    RATING_COLORS[3]: "--good",
    RATING_COLORS[4]: "--easy",
}
WIDTH_INCHES = 8.0
STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9.0,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.solid_capstyle": "round",
    "figure.facecolor": PAPER,
    "figure.dpi": 110,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",
}


def require_matplotlib() -> None:
    """Make sure that figures can be drawn, before work is done that would be lost.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        import matplotlib as matplotlib
    except ImportError as error:
        raise MissingExtra(
            "figures need matplotlib, which is not installed",
            hint='pip install "repetita[plot]"',
            where="plot",
        ) from error


@contextmanager
def house_style() -> Iterator[None]:
    """Settings of matplotlib for as long as one figure is made.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    require_matplotlib()
    import matplotlib

    with matplotlib.rc_context(STYLE):
        yield


def new_figure(height_inches: float, width_inches: float = WIDTH_INCHES) -> Figure:
    """An empty figure; to be called in `house_style`."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_inches, height_inches), layout="constrained")


def bare(axes: Axes, *, grid: str = "y") -> None:
    """Leave of a frame only what carries a scale."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=3.0)
    if grid in ("x", "y", "both"):
        axes.grid(axis=grid)  # type: ignore[arg-type]
    else:
        axes.grid(False)


def percent_axis(axis: Any) -> None:
    """Label an axis of shares in percent."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))


def log_days_axis(axes: Axes) -> None:
    """Make the horizontal axis logarithmic, with ticks at round numbers of days."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale("log")
    low, high = axes.get_xlim()
    wide = high / low > 2000.0
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0), numticks=30))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.6g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def count_axis(axis: Any, *, steps: int = 6) -> None:
    """Put the ticks of an axis of counts at whole numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=steps, integer=True))
    axis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))


def note(axes: Axes, text: str) -> None:
    """Say something in the middle of axes that have nothing to show."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=MUTED)


def to_svg(figure: Figure, prefix: str, *, title: str) -> str:
    """A figure as an ``<svg>`` element to put into a page.

    Colors become style sheet variables with the drawn color behind, fonts are left to the page, and
    identifiers get a prefix so that many drawings can share one page.

    Args:
        figure: Made by a function of this package.
        prefix: Unique in the page.
        title: What the picture shows, for those who do not see it.
    """
    from html import escape

    import matplotlib

    buffer = StringIO()
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": prefix}):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r'font-family:\s*[^;"]*;?|font: ([\d.]+px) [^;"]*', _only_size, drawing)
    drawing = re.sub(r'\bid="', f'id="{prefix}-', drawing)
    drawing = re.sub(r'(?:xlink:)?href="#', f'href="#{prefix}-', drawing)
    drawing = drawing.replace("url(#", f"url(#{prefix}-")
    for color, variable in VARIABLES.items():
        drawing = re.sub(f"(?<![\\w-]){color}", f"var({variable}, {color})", drawing, flags=re.IGNORECASE)
    opening = re.search(r'<svg[^>]*viewBox="([^"]*)"[^>]*>', drawing)
    assert opening is not None, "matplotlib always writes a view box"
    return (
        f'<svg viewBox="{opening[1]}" role="img" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title>{drawing[opening.end() :].strip()}\n"
    )


def _only_size(match: re.Match[str]) -> str:
    return f"font-size: {match[1]}" if match[1] else ""
