"""LSTM: a recurrent network of 8869 weights that turns the reviews of a card into a mixture of three curves.

Architecture and constants: the public benchmark of schedulers and srs-simulator. The text below runs in
Python and is compiled; for training the same network is built of torch's own layers (`repetita.neural`). A
state is both hidden states and cells and the current curves, 89 numbers. Letters: ``c`` constants (weights as
`prepare` arranges them), ``s`` states, the one meant beginning at ``b``, ``x`` room for intermediate values.
"""

from __future__ import annotations

from collections.abc import Sequence

from repetita.equations.layers import (
    Numbers,
    Vector,
    add,
    arranged,
    curve_heads,
    layer_norm,
    linear,
    lstm_cell,
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

TITLE = "LSTM"
KIND = "network"
UNIT = "fractional days"
PREDICTION_FLOOR = 1e-15

HIDDEN, CURVES, INPUTS = 20, 3, 6
STATE = (
    *numbered("hidden_a", HIDDEN),
    *numbered("cell_a", HIDDEN),
    *numbered("hidden_b", HIDDEN),
    *numbered("cell_b", HIDDEN),
    *numbered("weight", CURVES),
    *numbered("scale", CURVES),
    *numbered("decay", CURVES),
)
STATES = len(STATE)
STATE_UNITS = (*("1",) * (STATES - 2 * CURVES), *("days",) * CURVES, *("1",) * CURVES)
ROOM = 8 * HIDDEN
SYMBOLS: dict[str, str] = {}
SOURCES = (
    "The public benchmark of schedulers: <https://github.com/open-spaced-repetition/srs-benchmark>",
    "srs-simulator: <https://github.com/open-spaced-repetition/srs-simulator>",
)

OPTIONS = ("least_days", "duration")
VARIANTS: dict[str, tuple[float, ...]] = {
    "default": (1e-5, 1.0),
    "no_duration": (1e-7, 0.0),
    # the other convention about what is added to a time before its logarithm is taken; files do not say
    "duration_1e_7": (1e-7, 1.0),
    "no_duration_1e_5": (1e-5, 0.0),
}
STANDARDIZED = ("log_days", "log_duration")


def layout(o: Vector) -> dict[str, tuple[int, ...]]:
    """Shapes of the trained tensors by their names in files, in order."""
    square, wide, row = (HIDDEN, HIDDEN), (4 * HIDDEN, HIDDEN), (HIDDEN,)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    cell = dict(zip(names, (wide, wide, (4 * HIDDEN,), (4 * HIDDEN,)), strict=True))
    return {
        "process.0.weight": (HIDDEN, INPUTS if o[1] else INPUTS - 1),
        "process.0.bias": row,
        "process.2.weight": row,
        "process.3.weight": square,
        "process.3.bias": row,
        "process.5.module.0.weight": row,
        **{f"process.5.module.1.module.{name}": shape for name, shape in cell.items()},
        "process.6.module.0.weight": row,
        "process.6.module.0.bias": row,
        **{f"process.6.module.1.module.{name}": shape for name, shape in cell.items()},
        "process.7.module.0.weight": row,
        "process.7.module.1.weight": square,
        "process.7.module.1.bias": row,
        "process.7.module.3.weight": row,
        "process.7.module.4.weight": square,
        "process.7.module.4.bias": row,
        "process.8.weight": row,
        "process.9.weight": square,
        "process.9.bias": row,
        **{
            f"{head}_fc.{name}": shape
            for head in "wsd"
            for name, shape in (("weight", (CURVES, HIDDEN)), ("bias", (CURVES,)))
        },
    }


PLACES = offsets(layout(VARIANTS["default"]))
EMBED, EMBED_NORM, MIX = PLACES["process.0.weight"], PLACES["process.2.weight"], PLACES["process.3.weight"]
NORM_A, CELL_A = PLACES["process.5.module.0.weight"], PLACES["process.5.module.1.module.weight_ih_l0"]
NORM_B, CELL_B = PLACES["process.6.module.0.weight"], PLACES["process.6.module.1.module.weight_ih_l0"]
NORM_C, DENSE_C = PLACES["process.7.module.0.weight"], PLACES["process.7.module.1.weight"]
NORM_D, DENSE_D = PLACES["process.7.module.3.weight"], PLACES["process.7.module.4.weight"]
NORM_E, DENSE_E, HEADS = PLACES["process.8.weight"], PLACES["process.9.weight"], PLACES["w_fc.weight"]
CONSTANTS = PLACES[""]
# places in the room: what flows through, what a block makes of it, more of that, the gates of a cell
FLOW, BLOCK, OTHER, GATES = 0, HIDDEN, 2 * HIDDEN, 3 * HIDDEN
STATE_A, STATE_B, HEADS_STATE = 0, 2 * HIDDEN, 4 * HIDDEN

DEFAULTS = pretrained("lstm", layout(VARIANTS["default"]), STANDARDIZED)
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
    layer_norm(c, EMBED_NORM, x, BLOCK, OTHER, HIDDEN)
    linear(c, MIX, x, OTHER, HIDDEN, FLOW, HIDDEN)
    silu(x, FLOW, HIDDEN)

    layer_norm(c, NORM_A, x, FLOW, BLOCK, HIDDEN)
    lstm_cell(c, CELL_A, x, BLOCK, GATES, s, b + STATE_A, HIDDEN)
    for j in range(HIDDEN):
        x[FLOW + j] += s[b + STATE_A + j]

    layer_norm(c, NORM_B, x, FLOW, BLOCK, HIDDEN)
    add(c, NORM_B + HIDDEN, x, BLOCK, HIDDEN)
    lstm_cell(c, CELL_B, x, BLOCK, GATES, s, b + STATE_B, HIDDEN)
    for j in range(HIDDEN):
        x[FLOW + j] += s[b + STATE_B + j]

    layer_norm(c, NORM_C, x, FLOW, BLOCK, HIDDEN)
    linear(c, DENSE_C, x, BLOCK, HIDDEN, OTHER, HIDDEN)
    silu(x, OTHER, HIDDEN)
    layer_norm(c, NORM_D, x, OTHER, BLOCK, HIDDEN)
    linear(c, DENSE_D, x, BLOCK, HIDDEN, OTHER, HIDDEN)
    silu(x, OTHER, HIDDEN)
    for j in range(HIDDEN):
        x[FLOW + j] += x[OTHER + j]

    layer_norm(c, NORM_E, x, FLOW, BLOCK, HIDDEN)
    linear(c, DENSE_E, x, BLOCK, HIDDEN, OTHER, HIDDEN)
    silu(x, OTHER, HIDDEN)
    curve_heads(c, HEADS, x, OTHER, HIDDEN, s, b + HEADS_STATE, CURVES)


def curve(c: Vector, s: Sequence[float], b: int, x: Numbers, elapsed_days: float) -> float:
    """Probability of recall some days after the last review."""
    return mixed_curve(s, b + HEADS_STATE, CURVES, elapsed_days)


first, recall, after = pure_functions(start, advance, curve, STATES, ROOM)
