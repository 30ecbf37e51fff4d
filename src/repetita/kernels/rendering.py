"""The text of a model's lane loops: templates filled in from its equations and generated derivatives.

A loop that takes functions as arguments would be compiled anew in every process, since the disk cache of
Numba cannot hold it. So each model gets its own text, with its states and parameters spelled out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from types import ModuleType

from repetita.kernels.packing import LANES

PLACEHOLDER = re.compile(r"\$(\w+)")
WHOLE_LINE = re.compile(r"^( *)\$(\w+)$", re.MULTILINE)


def fill(template: str, **values: str | int | Iterable[str]) -> str:
    """A template with its ``$names`` replaced; a name alone on its line may stand for many lines.

    Args:
        template: Name of a file in the folder of templates.
        values: What to put for each name: one text or number, or lines.
    """
    text = files(__package__).joinpath("templates", f"{template}.txt").read_text(encoding="utf-8")

    def lines(match: re.Match[str]) -> str:
        value = values[match[2]]
        block = [str(value)] if isinstance(value, str | int) else list(value)
        return "\n".join(match[1] + line for line in block)

    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), WHOLE_LINE.sub(lines, text))


def sequence(items: Iterable[str]) -> str:
    """A tuple display, with the comma that a tuple of one needs."""
    listed = list(items)
    return "(" + ", ".join(listed) + ("," if len(listed) == 1 else "") + ")"


def names(letter: str, count: int) -> list[str]:
    """A letter with numbers from 0."""
    return [f"{letter}{i}" for i in range(count)]


def vectors(equations: ModuleType) -> dict[str, str]:
    """Tuples of parameters, prepared values and options, taken out of the arrays of the same name.

    Numbers of a tuple stay in registers; those of an array would be read again for every review.
    """
    defaults = [parameter.default for parameter in equations.PARAMETERS]
    options = next(iter(equations.VARIANTS.values()))
    counts = {"w": len(defaults), "c": len(equations.prepare(defaults, options)), "o": len(options)}
    return {
        f"{letter}_tuple": sequence(f"{letter}_array[{i}]" for i in range(count))
        for letter, count in counts.items()
    }


def render_packing() -> str:
    """Text of the kernel that orders the reviews of a packed log."""
    return fill("packing", lanes=LANES)


def render_values(name: str, equations: ModuleType) -> tuple[str, int]:
    """Text of the kernel that predicts and replays, and the rows of scratch it needs."""
    count = len(equations.STATE)
    rating, days, recall, state = (row * LANES for row in range(4))
    new = names("new", count)
    text = fill(
        "values",
        model=name,
        lanes=LANES,
        rating=rating,
        days=days,
        recall=recall,
        new=sequence(new),
        store_new=[f"scratch[{state + i * LANES} + lane] = {new[i]}" for i in range(count)],
        load_state=sequence(f"scratch[{state + i * LANES} + lane]" for i in range(count)),
        store_states=[
            f"states[{i}, position + lane] = scratch[{state + i * LANES} + lane]" for i in range(count)
        ],
        **vectors(equations),
    )
    return text, 3 + count
