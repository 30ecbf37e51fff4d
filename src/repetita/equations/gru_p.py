"""GRU-P: a recurrent network of 297 weights that predicts the recall of the next review, without a curve.

Architecture and constants: the public benchmark of schedulers. What a step is told is a rating and the time
*to the next review*, so the time of the predicted review is its last input, and recall may rise with time.
The text below runs in Python and is compiled; for training the same network is built of torch's own layers
(`repetita.neural`). A state is the hidden state before the last rating, and that rating. Letters as in
`repetita.equations.lstm`.
"""

from __future__ import annotations

from collections.abc import Sequence

from repetita.equations.layers import (
    Numbers,
    Vector,
    arranged,
    gru_cell,
    linear,
    numbered,
    offsets,
    parameter_table,
    pure_functions,
    sigmoid,
)
from repetita.equations.parameter import PriorBlock
from repetita.equations.pretrained import pretrained

TITLE = "GRU-P"
KIND = "network"
UNIT = "days"
PREDICTION_FLOOR = 1e-15
# the prediction may rise with time
STEPS = True

HIDDEN, INPUTS = 8, 2
STATE = (*numbered("hidden", HIDDEN), "last_rating")
STATE_UNITS = ("1",) * len(STATE)
STATES = len(STATE)
ROOM = 10 * HIDDEN
SYMBOLS: dict[str, str] = {}
SOURCES = ("The public benchmark of schedulers: <https://github.com/open-spaced-repetition/srs-benchmark>",)

OPTIONS = ()
VARIANTS: dict[str, tuple[float, ...]] = {"default": ()}
STANDARDIZED = ()


def layout(o: Vector) -> dict[str, tuple[int, ...]]:
    """Shapes of the trained tensors by their names in files, in order."""
    return {
        "rnn.weight_ih_l0": (3 * HIDDEN, INPUTS),
        "rnn.weight_hh_l0": (3 * HIDDEN, HIDDEN),
        "rnn.bias_ih_l0": (3 * HIDDEN,),
        "rnn.bias_hh_l0": (3 * HIDDEN,),
        "fc.weight": (1, HIDDEN),
        "fc.bias": (1,),
    }


PLACES = offsets(layout(VARIANTS["default"]))
CELL, HEAD = PLACES["rnn.weight_ih_l0"], PLACES["fc.weight"]
FLOW, OUTPUT, HIDDEN_NEXT, GATES = 0, INPUTS, INPUTS + 1, INPUTS + 1 + HIDDEN

DEFAULTS = pretrained("gru_p", layout(VARIANTS["default"]), STANDARDIZED)
assert DEFAULTS is not None, "weights of the default variant come with the package"
STANDARDIZATION = DEFAULTS.standardization
PARAMETERS = parameter_table(layout(VARIANTS["default"]), DEFAULTS.parameters)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()
MIGRATIONS: dict[int, tuple[str, object]] = {}


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """Constants as the layers read them.

    Args:
        w: Parameters in the order of `layout`.
        o: Nothing.
    """
    return tuple(arranged(w, layout(o)))


def start(c: Vector, s: Numbers, b: int, x: Numbers, duration_ms: float, rating: int) -> None:
    """Writes the state after the first review of a card."""
    for j in range(HIDDEN):
        s[b + j] = 0.0
    s[b + HIDDEN] = 1.0 * rating


def step(c: Vector, s: Sequence[float], b: int, x: Numbers, elapsed_days: float) -> None:
    """The hidden state once the time to the next review is known, into the room."""
    x[FLOW] = elapsed_days
    x[FLOW + 1] = s[b + HIDDEN]
    gru_cell(c, CELL, x, FLOW, INPUTS, GATES, s, b, HIDDEN, HIDDEN_NEXT)


def advance(
    c: Vector, s: Numbers, b: int, x: Numbers, elapsed_days: float, duration_ms: float, rating: int
) -> None:
    """Moves the state of a card on by a review."""
    step(c, s, b, x, elapsed_days)
    for j in range(HIDDEN):
        s[b + j] = x[HIDDEN_NEXT + j]
    s[b + HIDDEN] = 1.0 * rating


def curve(c: Vector, s: Sequence[float], b: int, x: Numbers, elapsed_days: float) -> float:
    """Probability of recall some days after the last review."""
    step(c, s, b, x, elapsed_days)
    linear(c, HEAD, x, HIDDEN_NEXT, HIDDEN, OUTPUT, 1)
    return sigmoid(x[OUTPUT])


first, recall, after = pure_functions(start, advance, curve, STATES, ROOM)
