"""GRU: a recurrent network of 503 weights that turns the reviews of a card into a mixture of two curves.

Architecture and constants: the public benchmark of schedulers, in its newer form. The text below runs in
Python and is compiled; for training the same network is built of torch's own layers (`repetita.neural`).
Letters as in `repetita.equations.lstm`.
"""

from __future__ import annotations

from collections.abc import Sequence

from repetita.equations.layers import (
    Numbers,
    Vector,
    arranged,
    curve_heads,
    gru_cell,
    layer_norm,
    linear,
    mixed_curve,
    numbered,
    offsets,
    parameter_table,
    pure_functions,
    review_inputs,
    silu,
)
from repetita.equations.parameter import PriorBlock
from repetita.equations.pretrained import pretrained

TITLE = "GRU"
KIND = "network"
UNIT = "fractional days"
PREDICTION_FLOOR = 1e-15

HIDDEN, CURVES, INPUTS = 7, 2, 6
STATE = (
    *numbered("hidden", HIDDEN),
    *numbered("weight", CURVES),
    *numbered("scale", CURVES),
    *numbered("decay", CURVES),
)
STATES = len(STATE)
STATE_UNITS = (*("1",) * (STATES - 2 * CURVES), *("days",) * CURVES, *("1",) * CURVES)
ROOM = 10 * HIDDEN
SYMBOLS: dict[str, str] = {}
SOURCES = ("The public benchmark of schedulers: <https://github.com/open-spaced-repetition/srs-benchmark>",)

OPTIONS = ("least_days", "duration")
VARIANTS: dict[str, tuple[float, ...]] = {"default": (1e-5, 0.0), "duration": (1e-5, 1.0)}
STANDARDIZED = ("log_days", "log_duration")


def layout(o: Vector) -> dict[str, tuple[int, ...]]:
    """Shapes of the trained tensors by their names in files, in order."""
    row, wide = (HIDDEN,), (3 * HIDDEN, HIDDEN)
    return {
        "process.0.weight": (HIDDEN, INPUTS if o[1] else INPUTS - 1),
        "process.0.bias": row,
        "process.2.weight": row,
        "process.3.module.weight_ih_l0": wide,
        "process.3.module.weight_hh_l0": wide,
        "process.3.module.bias_ih_l0": (3 * HIDDEN,),
        "process.3.module.bias_hh_l0": (3 * HIDDEN,),
        "process.4.weight": row,
        "process.5.weight": (HIDDEN, HIDDEN),
        "process.5.bias": row,
        "process.7.weight": row,
        **{
            f"{head}_fc.{name}": shape
            for head in "wsd"
            for name, shape in (("weight", (CURVES, HIDDEN)), ("bias", (CURVES,)))
        },
    }


PLACES = offsets(layout(VARIANTS["duration"]))
EMBED, EMBED_NORM = PLACES["process.0.weight"], PLACES["process.2.weight"]
CELL, CELL_NORM = PLACES["process.3.module.weight_ih_l0"], PLACES["process.4.weight"]
DENSE, DENSE_NORM, HEADS = PLACES["process.5.weight"], PLACES["process.7.weight"], PLACES["w_fc.weight"]
CONSTANTS = PLACES[""]
FLOW, BLOCK, OTHER, GATES = 0, HIDDEN, 2 * HIDDEN, 3 * HIDDEN

DEFAULTS = pretrained("gru", layout(VARIANTS["default"]), STANDARDIZED[:1])
assert DEFAULTS is not None, "weights of the default variant come with the package"
STANDARDIZATION = DEFAULTS.standardization
PARAMETERS = parameter_table(layout(VARIANTS["default"]), DEFAULTS.parameters)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()
MIGRATIONS: dict[int, tuple[str, object]] = {}


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """Constants as the layers read them; without duration its weights are zeros, and so is what it adds.

    Args:
        w: Parameters in the order of `layout`.
        o: Options, then means and standard deviations of the inputs that have them.
    """
    constants = arranged(w, layout(o))
    if o[1]:
        means, deviations = o[2:4], o[4:6]
    else:
        constants[HIDDEN:HIDDEN] = [0.0] * HIDDEN
        means, deviations = (o[2], 0.0), (o[3], 1.0)
    return (*constants, o[0], *means, *deviations)


def start(c: Vector, s: Numbers, b: int, x: Numbers, duration_ms: float, rating: int) -> None:
    """Writes the state after the first review of a card."""
    for j in range(STATES):
        s[b + j] = 0.0
    advance(c, s, b, x, 0.0, duration_ms, rating)


def advance(
    c: Vector, s: Numbers, b: int, x: Numbers, elapsed_days: float, duration_ms: float, rating: int
) -> None:
    """Moves the state of a card on by a review."""
    review_inputs(c, CONSTANTS, x, elapsed_days, duration_ms, rating)
    linear(c, EMBED, x, FLOW, INPUTS, BLOCK, HIDDEN)
    silu(x, BLOCK, HIDDEN)
    layer_norm(c, EMBED_NORM, x, BLOCK, FLOW, HIDDEN)
    gru_cell(c, CELL, x, FLOW, HIDDEN, GATES, s, b, HIDDEN, BLOCK)
    for j in range(HIDDEN):
        s[b + j] = x[BLOCK + j]
    layer_norm(c, CELL_NORM, x, BLOCK, FLOW, HIDDEN)
    linear(c, DENSE, x, FLOW, HIDDEN, BLOCK, HIDDEN)
    silu(x, BLOCK, HIDDEN)
    layer_norm(c, DENSE_NORM, x, BLOCK, OTHER, HIDDEN)
    curve_heads(c, HEADS, x, OTHER, HIDDEN, s, b + HIDDEN, CURVES)


def curve(c: Vector, s: Sequence[float], b: int, x: Numbers, elapsed_days: float) -> float:
    """Probability of recall some days after the last review."""
    return mixed_curve(s, b + HIDDEN, CURVES, elapsed_days)


first, recall, after = pure_functions(start, advance, curve, STATES, ROOM)
