"""Tables of the page, and what of a page does not depend on what was computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["NOT_RUN", "numbers", "skeleton", "table"]

NOT_RUN = "not run"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, whose first column says what a row is.

    Args:
        header: Names of the columns.
        rows: Cells, as many a row as the header has.

    Raises:
        ValueError: A row has another number of cells.

    Example:
        >>> print(table(("figure", "ours"), [("pi", "3.14")]))
        | figure | ours |
        | --- | ---: |
        | pi | 3.14 |
    """
    listed = [tuple(row) for row in rows]
    for row in listed:
        if len(row) != len(header):
            raise ValueError(f"row {row[0]!r} has {len(row)} cells for {len(header)} columns")
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *listed))


def numbers(values: Sequence[float], digits: Sequence[int]) -> tuple[str, ...]:
    """Cells with so many digits after the point."""
    return tuple(f"{value:.{places}f}" for value, places in zip(values, digits, strict=True))


def skeleton(page: str) -> list[str]:
    r"""What a page has whatever was computed: headings, names of columns, first cells of rows.

    Args:
        page: Markdown.

    Example:
        >>> skeleton("# A\n\n| row | value |\n| --- | ---: |\n| one | 1 |\n")
        ['# A', '| row | value |', 'one']
    """
    found, before = [], ""
    for line in page.splitlines():
        if line.startswith("#"):
            found.append(line)
        elif line.startswith("| ---"):
            found[-1] = before
        elif line.startswith("| "):
            found.append(line.split(" | ")[0].removeprefix("| "))
        before = line
    return found
