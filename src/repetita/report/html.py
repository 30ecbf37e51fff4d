"""Pieces of HTML. Every text is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def document(title: str, body: str, *, language: str = "en") -> str:
    """A whole page that needs nothing from anywhere and runs no script.

    Args:
        title: Plain text.
        body: HTML.
        language: Of the text.
    """
    style = files("repetita.report").joinpath("page.css").read_text("utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f'<title>{escape(title)}</title>\n<link rel="icon" href="data:,">\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


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


def folded(label: str, content: str) -> str:
    """HTML that opens on a click."""
    return f"<details>\n<summary>{escape(label)}</summary>\n{content}</details>\n"


def _class(role: str) -> str:
    return f' class="{role}"' if role else ""
