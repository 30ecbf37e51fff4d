"""The text of a model's lane loops: templates filled in from its equations and generated derivatives.

A loop that takes functions as arguments would be compiled anew in every process, since the disk cache of
Numba cannot hold it. So each model gets its own text, with its states and parameters spelled out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from types import ModuleType

from repetita.equations import declared
from repetita.kernels.packing import ABSENT_DAYS, ABSENT_RATING, LANES
from repetita.ratings import RATING_NAMES

# steps of a card whose intermediate results are kept at a time; longer cards are gone through twice
SEGMENT = 128
# predictions whose derivatives are kept at a time before their products are summed
COLUMNS = 128
# of a prediction p (1 - p), in the Fisher information: below, it is rounding error
LEAST_SPREAD = 1e-15

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


def loads(base: str, first_row: int, count: int, array: str = "scratch") -> list[str]:
    """Expressions that read rows of an array from ``first_row`` on, counted from the position ``base``."""
    return [f"{array}[{base}{(first_row + i) * LANES} + lane]" for i in range(count)]


def stores(base: str, first_row: int, values: list[str], array: str = "scratch") -> list[str]:
    """Statements that write rows of an array from ``first_row`` on, counted from the position ``base``."""
    rows = loads(base, first_row, len(values), array)
    return [f"{row} = {value}" for row, value in zip(rows, values, strict=True)]


def sums_of(first_row: int, values: list[str]) -> list[str]:
    """Statements that add to rows of the sums from ``first_row`` on."""
    rows = loads("", first_row, len(values), "sums")
    return [f"{row} += {value}" for row, value in zip(rows, values, strict=True)]


def render_packing() -> str:
    """Text of the kernel that orders the reviews of a packed log."""
    return fill("packing", lanes=LANES)


def render_values(name: str, equations: ModuleType) -> tuple[str, int]:
    """Text of the kernel that predicts and replays, and the rows of scratch it needs."""
    count = len(equations.STATE)
    rating, days, recall, state = range(4)
    new = names("new", count)
    old = loads("", state, count)
    text = fill(
        "values",
        model=name,
        lanes=LANES,
        rating=rating * LANES,
        days=days * LANES,
        recall=recall * LANES,
        new=sequence(new),
        store_new=stores("", state, new),
        load_state=sequence(old),
        store_states=[f"states[{i}, rows[position + lane]] = {value}" for i, value in enumerate(old)],
        **vectors(equations),
    )
    return text, state + count


def render_judging(name: str, equations: ModuleType) -> tuple[str, int]:
    """Text of the kernel that sums up how good predictions are, and the rows of scratch it needs."""
    count = len(equations.STATE)
    rating, days, recall, loss, outside, state = range(6)
    new = names("new", count)
    text = fill(
        "judging",
        model=name,
        lanes=LANES,
        absent_rating=repr(ABSENT_RATING),
        absent_days=repr(ABSENT_DAYS),
        rating=rating * LANES,
        days=days * LANES,
        recall=recall * LANES,
        loss=loss * LANES,
        outside=outside * LANES,
        new=sequence(new),
        store_new=stores("", state, new),
        load_state=sequence(loads("", state, count)),
        **vectors(equations),
    )
    return text, state + count


class GradientLayout:
    """Where the gradient kernel of a model keeps what, in rows of 16 numbers.

    Attributes:
        sums: What each row of sums is the adjoint of: ("parameter" or "prepared", place). The loss follows,
            then the adjoints of the state.
        sum_rows: Rows of the array of sums.
        step: Rows of a step: rating, days, weight, loss, the state before it, what the reverse pass needs.
        states: Numbers of a state.
    """

    def __init__(self, derivatives: ModuleType) -> None:
        self.sums = [("parameter", i) for i in derivatives.REVERSE_PARAMETERS]
        self.sums += [("prepared", i) for i in derivatives.REVERSE_PREPARED]
        self.later = len(self.sums)
        self.sums += [("parameter", i) for i in derivatives.FIRST_PARAMETERS]
        self.sums += [("prepared", i) for i in derivatives.FIRST_PREPARED]
        self.bars = len(self.sums) + 1
        self.sum_rows = self.bars + len(derivatives.LIVE_STATES)
        self.states: int = derivatives.STATES
        self.step: int = 4 + self.states + derivatives.KEPT

    def scratch_rows(self, steps: int) -> int:
        """Rows of scratch for cards of at most so many reviews."""
        return (SEGMENT + 1) * self.step + (steps // SEGMENT + 1) * self.states


def render_gradient(name: str, equations: ModuleType, derivatives: ModuleType) -> str:
    """Text of the kernel for loss and gradient of a model."""
    layout = GradientLayout(derivatives)
    rating, days, weight, loss, state = range(5)
    kept, live = state + layout.states, len(derivatives.LIVE_STATES)
    new, keeps = names("new", layout.states), names("kept", derivatives.KEPT)
    bars, sums = names("bar", live), names("sum", len(layout.sums))
    inputs = [*loads("at + ", state, layout.states), *loads("at + ", days, 1)]
    inputs += [*loads("at + ", rating, 1), *loads("at + ", weight, 1)]
    old_bars = loads("", layout.bars, live, "sums")
    first_inputs = ", ".join([*loads("at + ", rating, 1), *old_bars])
    return fill(
        "gradient",
        model=name,
        lanes=LANES,
        bars=layout.bars * LANES,
        bar_rows=live,
        total_rows=layout.bars,
        loss_sum=len(layout.sums) * LANES,
        step_size=layout.step * LANES,
        segment=SEGMENT,
        rating=rating * LANES,
        days=days * LANES,
        weight=weight * LANES,
        loss=loss * LANES,
        state=state * LANES,
        states=layout.states,
        state_size=layout.states * LANES,
        new=sequence(new),
        store_new=stores("at + STEP + ", state, new),
        forward_results=sequence([*new, "loss", *keeps]),
        forward_arguments=", ".join(inputs),
        store_forward=[
            *stores("at + STEP + ", state, new),
            *stores("at + STEP + ", loss, [f"{loads('at + ', loss, 1)[0]} + loss"]),
            *stores("at + ", kept, keeps),
        ],
        reverse_results=sequence([*bars, *sums[: layout.later]]),
        reverse_arguments=", ".join([*inputs, *loads("at + ", kept, derivatives.KEPT), *old_bars]),
        store_reverse=[*stores("", layout.bars, bars, "sums"), *sums_of(0, sums[: layout.later])],
        reverse_first=[
            f"{sequence(sums[layout.later :])} = first_reverse(w, c, o, {first_inputs})",
            *sums_of(layout.later, sums[layout.later :]),
        ]
        if sums[layout.later :]
        else ["pass"],
        **vectors(equations),
    )


class FisherLayout:
    """Which parameters move what, in the Fisher kernel of a model.

    Attributes:
        reach: For each number of the state, then for the prediction, the parameters it depends on.
        parameters: Those the prediction depends on: rows and columns of the information.
        even: Their number, made even.
        slopes: First row of scratch with the scaled derivatives of a prediction, one row a parameter.
        rows: Rows of scratch.
    """

    def __init__(self, derivatives: ModuleType) -> None:
        self.through: dict[int, list[tuple[int, int]]] = {i: [] for i in range(derivatives.PREPARED)}
        for i, (place, _, parameter) in enumerate(derivatives.PREPARE_TANGENT_PATTERN):
            self.through[place].append((i, parameter))
        self.states: int = derivatives.STATES
        self.reach = [set[int]() for _ in range(self.states + 1)]
        pattern = [*derivatives.FIRST_TANGENT_PATTERN, *derivatives.TANGENT_PATTERN]
        for _ in range(self.states + 1):
            for output, kind, place in pattern:
                self.reach[output] |= self._moved_by(kind, place)
        self.parameters = sorted(self.reach[self.states])
        self.even = len(self.parameters) + len(self.parameters) % 2
        self.slopes = 3 + self.states + sum(len(r) for r in self.reach[: self.states])
        self.rows = self.slopes + len(self.parameters)

    def _moved_by(self, kind: str, place: int) -> set[int]:
        if kind == "parameter":
            return {place}
        if kind == "prepared":
            return {parameter for _, parameter in self.through[place]}
        return self.reach[place]

    def terms(self, pattern: tuple[tuple[int, str, int], ...], output: int, parameter: int) -> list[str]:
        """Summands of the derivative of an output by a parameter, from ``d0, d1, ...`` of the pattern."""
        terms = []
        for i, (place, kind, source) in enumerate(pattern):
            if place != output:
                continue
            if kind == "parameter" and source == parameter:
                terms.append(f"d{i}")
            elif kind == "prepared":
                terms += [f"d{i} * j[{n}]" for n, moved in self.through[source] if moved == parameter]
            elif kind == "state" and parameter in self.reach[source]:
                terms.append(f"d{i} * t{source}_{parameter}")
        return terms


def render_fisher(name: str, equations: ModuleType, derivatives: ModuleType) -> str:
    """Text of the kernel for the Fisher information of a model."""
    layout = FisherLayout(derivatives)
    states = layout.states
    rating, days, weight, state = range(4)
    tangents = [(s, k) for s in range(states) for k in sorted(layout.reach[s])]
    new = names("new", states)

    def derivative(pattern: tuple[tuple[int, str, int], ...], output: int, parameter: int) -> str:
        return " + ".join(layout.terms(pattern, output, parameter)) or "0.0"

    def store(pattern: tuple[tuple[int, str, int], ...]) -> list[str]:
        moved = [derivative(pattern, s, k) for s, k in tangents]
        return [*stores("", state, new), *stores("", state + states, moved)]

    first, later = derivatives.FIRST_TANGENT_PATTERN, derivatives.TANGENT_PATTERN
    old = loads("", state + states, len(tangents))
    return fill(
        "fisher",
        model=name,
        lanes=LANES,
        columns=COLUMNS,
        floor=repr(max(equations.PREDICTION_FLOOR, LEAST_SPREAD)),
        rating=rating * LANES,
        days=days * LANES,
        weight=weight * LANES,
        first_results=sequence([*new, *names("d", len(first))]),
        store_first=store(first),
        load_tangents=[f"t{s}_{k} = {row}" for (s, k), row in zip(tangents, old, strict=True)],
        results=sequence([*new, "recall", *names("d", len(later))]),
        arguments=", ".join([*loads("", state, states), *loads("", days, 1), *loads("", rating, 1)]),
        store_slopes=stores(
            "", layout.slopes, [f"scale * ({derivative(later, states, k)})" for k in layout.parameters]
        ),
        slopes=layout.slopes * LANES,
        slope_rows=len(layout.parameters),
        store_later=store(later),
        j_tuple=sequence(f"j_array[{i}]" for i in range(len(derivatives.PREPARE_TANGENT_PATTERN))),
        **vectors(equations),
    )


def render_elementwise(name: str, equations: ModuleType, equation: str, others: int, outputs: int) -> str:
    """Text of the kernel for one equation of a model, applied to arrays.

    Args:
        name: Name of the model.
        equations: Its equations.
        equation: Name of the function among them.
        others: Number of its arguments after the state.
        outputs: Numbers it returns: 1 for a number, more for a tuple.
    """
    inputs = [sequence(f"states[{i}, i]" for i in range(len(equations.STATE)))]
    inputs += [f"others[{i}, i]" for i in range(others)]
    results = names("result", outputs)
    return fill(
        "elementwise",
        model=name,
        equation=equation,
        inputs=", ".join(inputs),
        outputs=results[0] if outputs == 1 else sequence(results),
        store=[f"results[{i}, i] = {result}" for i, result in enumerate(results)],
        **vectors(equations),
    )


def render_buttons(name: str, equations: ModuleType) -> str:
    """Text of the kernel for the next states, and intervals if they have a closed form, of all four ratings.

    The ratings are constants in one loop, so what they share is computed once.

    Args:
        name: Name of the model.
        equations: Its equations.
    """
    closed, size = declared(equations).closed_interval, len(equations.STATE)
    wanted = ["after", "interval"] if closed else ["after"]
    results, lines, row = names("result", size), [], 0
    for rating in RATING_NAMES:
        lines.append(f"{sequence(results)} = after(w, c, o, state, days, {rating})")
        lines += [f"results[{row + k}, i] = {result}" for k, result in enumerate(results)]
        row += size
        if closed:
            lines.append(f"results[{row}, i] = interval(w, c, o, {sequence(results)}, retention)")
            row += 1
    return fill(
        "buttons",
        model=name,
        equations=sequence(wanted),
        wanted=", ".join(f'"{equation}"' for equation in wanted),
        state=sequence(f"states[{i}, i]" for i in range(size)),
        lines=lines,
        **vectors(equations),
    )
