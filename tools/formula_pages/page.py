"""The documentation page of a model: formulas, parameter table, variants, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from inspect import getsource, isfunction
from textwrap import fill
from types import ModuleType

from formula_pages.formulas import Formulas, first_sentence, symbol_rows
from formula_pages.latex import Writer, number
from repetita.equations import declared

RULE = """# {title}

{summary}

A rule: there is nothing to fit, and it is neither differentiated nor compiled. Taken from the equation file
`src/repetita/equations/{name}.py` by `python tools/derive.py`.

## State

{symbols}

{sections}

## Sources

{sources}
"""

PAGE = """# {title}

{summary}

Generated from the equation file `src/repetita/equations/{name}.py` by `python tools/derive.py`.

## Symbols

{symbols}

{note}

{sections}

## Loss

What a fit adds up over the scored reviews, by the probability $q$ that the model gave to what happened:

$$
\\ell = -\\ln {bounded}, \\qquad
q = \\begin{{cases}} 1 - R & \\text{{Again}} \\\\ R & \\text{{Hard, Good or Easy}} \\end{{cases}}
$$

## Parameters

Bounds are inclusive. The penalty of the published prior is the sum of
$\\left((w_i - \\text{{default}}) / \\text{{spread}}\\right)^2$. Scale is the one on which the default prior
of this package is normal; its standard deviation is given where it does not follow from the spread.

{parameters}
{blocks}
## Variants

{variants}
{migrations}
## Sources

{sources}
"""

WIDTH = 105  # of a line of text
NOTES = {
    "recursive": """\
A prime marks the state after the review. Everything on the right of a formula is from before it, so the
order of updates does not matter. Bounds are applied last: $\\operatorname{clamp}(x, a, b)$ is
$\\min(\\max(x, a), b)$.""",
    "features": """\
The state of a card is its history. Each review has one row of features, which data and time make: no
feature depends on a parameter.""",
    "pairs": """\
The state of a card is its history. The work is quadratic in its length: each review adds up the terms of
the reviews before it, of so many of the newest as the table says.""",
}


def formula_page(name: str, equations: ModuleType) -> str:
    """The text of ``docs/formulas/<name>.md``.

    Args:
        name: Model name.
        equations: Its equation module.

    Raises:
        InvalidEquations: The equations use an operation that cannot be recorded.
    """
    if not declared(equations).fitted:
        return _rule(name, equations)
    writer = Writer(equations.SYMBOLS)
    variants = [
        (f"`{variant}`", *(f"{value:g}" for value in values))
        for variant, values in equations.VARIANTS.items()
    ]
    return PAGE.format(
        title=equations.TITLE,
        name=name,
        summary=first_sentence(equations),
        note=_note(equations),
        symbols=_table(("symbol", "meaning"), ((f"${a}$", b) for a, b in symbol_rows(equations))),
        sections="\n\n".join(Formulas(equations).sections()),
        bounded=_bounded(equations),
        parameters=_table(
            ("", "name", "default", "bounds", "spread", "unit", "scale", "meaning"), _parameters(equations)
        ),
        blocks="".join(_blocks(equations)),
        variants=_table(("variant", *(f"${writer.word(option)}$" for option in equations.OPTIONS)), variants),
        migrations="".join(_migrations(equations)),
        sources="\n".join(f"- {source}" for source in equations.SOURCES),
    )


def _rule(name: str, equations: ModuleType) -> str:
    """The page of a rule: its functions as they are written, since they are no formulas."""
    functions = [
        member for member in vars(equations).values()
        if isfunction(member) and member.__module__ == equations.__name__ and member.__name__ != "prepare"
    ]  # fmt: skip
    sections = (
        f"## `{function.__name__}`\n\n{first_sentence(function)}\n\n```py\n{getsource(function)}```"
        for function in functions
    )
    states = zip(equations.STATE, equations.STATE_UNITS, strict=True)
    return RULE.format(
        title=equations.TITLE,
        name=name,
        summary=first_sentence(equations),
        symbols=_table(
            ("name", "unit"), ((f"`{state}`", "" if unit == "1" else unit) for state, unit in states)
        ),
        sections="\n\n".join(sections),
        sources="\n".join(f"- {source}" for source in equations.SOURCES),
    )


def _bounded(equations: ModuleType) -> str:
    """The probability that the loss takes the logarithm of."""
    floor, ceiling = number(equations.PREDICTION_FLOOR)[0], declared(equations).ceiling
    if ceiling < 1.0:
        return rf"\operatorname{{clamp}}\left(q, {floor}, {ceiling:g}\right)"
    return rf"\max\left(q, {floor}\right)"


def _note(equations: ModuleType) -> str:
    """What the symbols of the page have in common."""
    kind = declared(equations).kind
    if kind != "features":
        return NOTES[kind]
    return f"{NOTES[kind]}\n\n{fill(equations.FEATURE_TEXT, WIDTH)}"


def _parameters(equations: ModuleType) -> Iterator[Sequence[str]]:
    for place, p in enumerate(equations.PARAMETERS):
        numbers = (f"{p.default:g}", f"{p.low:g} to {p.high:g}", f"{p.spread:g}")
        numbers = tuple(text.replace("inf", "∞") for text in numbers)
        scale = p.scale if p.sd is None else f"{p.scale}, sd {p.sd:g}"
        yield f"$w_{{{place}}}$", f"`{p.name}`", *numbers, "" if p.unit == "1" else p.unit, scale, p.meaning


def _blocks(equations: ModuleType) -> Iterator[str]:
    for block in equations.PRIOR_BLOCKS:
        names = ", ".join(f"`{name}`" for name in block.parameters)
        yield (
            f"\nIn the default prior the logarithms of {names} have a common standard deviation of "
            f"{block.log_spread:g} and a pairwise correlation of {block.correlation:g}.\n"
        )


def _migrations(equations: ModuleType) -> Iterator[str]:
    if equations.MIGRATIONS:
        yield "\n## Parameter lists of older versions\n\n"
    for count, (source, convert) in sorted(equations.MIGRATIONS.items()):
        yield f"- {count} numbers, {source}: {first_sentence(convert)}\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
