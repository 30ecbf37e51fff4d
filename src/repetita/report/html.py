"""Pieces of HTML. Every text is escaped here and nowhere else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from math import isfinite

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def document(title: str, body: str, *, language: str = "en", sorts: bool = False) -> str:
    """A whole page that needs nothing from anywhere.

    It runs no script, unless it has tables that sort; then it runs the one for them and no other.

    Args:
        title: Plain text.
        body: HTML.
        language: Of the text.
        sorts: Whether there are tables of `sorting_table`.
    """
    style = _resource("page.css")
    script = _resource("sort.js") if sorts else ""
    policy = POLICY + (f"; script-src '{_digest(script)}'" if script else "")
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f'<title>{escape(title)}</title>\n<link rel="icon" href="data:,">\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n{body}"
        + (f"<script>{script}</script>\n" if script else "")
        + "</body>\n</html>\n"
    )


def _resource(name: str) -> str:
    return files("repetita.report").joinpath(name).read_text("utf-8")


def _digest(script: str) -> str:
    """What the policy of a page calls the one script that may run."""
    return "sha256-" + b64encode(sha256(script.encode()).digest()).decode()


def title_line(text: str) -> str:
    """The heading of the page, of plain text."""
    return f"<h1>{escape(text)}</h1>\n"


def paragraph(text: str, *, role: str = "") -> str:
    """A paragraph of plain text.

    Example:
        >>> print(paragraph("a < b", role="means"), end="")
        <p class="means">a &lt; b</p>
    """
    return f"<p{_class(role)}>{escape(text)}</p>\n"


def lines(text: str) -> str:
    """A paragraph for every line of plain text."""
    return "".join(paragraph(line) for line in text.splitlines() if line.strip())


def code(text: str) -> str:
    """Plain text to be copied."""
    return f"<pre>{escape(text)}</pre>\n"


def section(heading: str, *parts: str) -> str:
    """A section of HTML parts under a plain heading."""
    return f"<section>\n<h2>{escape(heading)}</h2>\n{''.join(parts)}</section>\n"


def picture(drawing: str) -> str:
    """An SVG element as a figure."""
    return f"<figure>\n{drawing}</figure>\n"


def number_tiles(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and numbers, side by side."""
    tiles = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>\n" for name, value in pairs)
    return f'<dl class="numbers">\n{tiles}</dl>\n'


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, text_columns: int = 1) -> str:
    """A table; all but the first columns are numbers, set to the right.

    Args:
        columns: Headings.
        rows: Cells.
        text_columns: How many columns on the left hold text.
    """
    sides = ["" if i < text_columns else ' class="right"' for i in range(len(columns))]
    head = "".join(f'<th scope="col"{s}>{escape(c)}</th>' for c, s in zip(columns, sides, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{s}>{escape(str(c))}</td>" for c, s in zip(row, sides, strict=True)) + "</tr>\n"
        for row in rows
    )
    inside = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n"
    return f'<div class="scroll"><table>\n{inside}</table></div>\n'


def sorting_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, text_columns: int = 1, form: str = ",.6g"
) -> str:
    """A table that is sorted by a click on a heading, on a page with ``sorts``.

    Args:
        columns: Headings.
        rows: Cells: texts, and numbers as they are; None and what is not finite make empty cells.
        text_columns: How many columns on the left are set as text.
        form: How numbers are written.
    """
    sides = ["" if i < text_columns else ' class="right"' for i in range(len(columns))]
    head = "".join(f'<th scope="col"{s}>{escape(c)}</th>' for c, s in zip(columns, sides, strict=True))
    body = "".join(
        "<tr>" + "".join(_sorting_cell(c, s, form) for c, s in zip(row, sides, strict=True)) + "</tr>\n"
        for row in rows
    )
    inside = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n"
    return f'<div class="scroll"><table class="sorts">\n{inside}</table></div>\n'


def _sorting_cell(cell: object, side: str, form: str) -> str:
    """A cell with the number it is sorted by; an identifier keeps its digits."""
    if cell is None or (isinstance(cell, float) and not isfinite(cell)):
        return f'<td{side} data-value=""></td>'
    if isinstance(cell, float):
        return f'<td{side} data-value="{cell!r}">{cell:{form}}</td>'
    if isinstance(cell, int):
        return f'<td{side} data-value="{cell}">{cell}</td>'
    return f"<td{side}>{escape(str(cell))}</td>"


def folded(label: str, content: str) -> str:
    """HTML that opens on a click."""
    return f"<details>\n<summary>{escape(label)}</summary>\n{content}</details>\n"


def _class(role: str) -> str:
    return f' class="{role}"' if role else ""
