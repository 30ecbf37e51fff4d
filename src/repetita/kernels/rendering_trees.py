"""The text of a model's loops over shared histories: templates filled in, as in `rendering`."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from repetita.kernels.packing import ABSENT_DAYS, ABSENT_RATING, LANES
from repetita.kernels.rendering import fill, loads, names, sequence, stores, sums_of, vectors

RATING, DAYS, WEIGHT, LOSS, STATE = range(5)  # rows of a step


class TreeLayout:
    """Where the kernels keep what, in rows of 16 numbers.

    Attributes:
        sums: What each row of sums is the adjoint of: ("parameter" or "prepared", place). The loss follows.
        later: Number of sums that later reviews add to.
        kept: First row of what the reverse pass needs.
        new: First row of the state after the review.
        bars: First row of the adjoints of that state.
        step: Rows of a step.
        live: Numbers of a state that have an adjoint, by place.
        fixed: (sums, parameters), what each sum adds to the gradient, where that never changes.
        moving: Rows and columns of the other places in that, and which derivative of a prepared value
            (`PREPARE_TANGENT_PATTERN`) goes there.
    """

    def __init__(self, derivatives: ModuleType, parameters: int) -> None:
        self.sums = [("parameter", i) for i in derivatives.REVERSE_PARAMETERS]
        self.sums += [("prepared", i) for i in derivatives.REVERSE_PREPARED]
        self.later = len(self.sums)
        self.sums += [("parameter", i) for i in derivatives.FIRST_PARAMETERS]
        self.sums += [("prepared", i) for i in derivatives.FIRST_PREPARED]
        self.states: int = derivatives.STATES
        self.live = len(derivatives.LIVE_STATES)
        self.kept = STATE + self.states
        self.new: int = self.kept + derivatives.KEPT
        self.bars = self.new + self.states
        self.step = self.bars + self.live
        self.fixed = np.zeros((len(self.sums), parameters))
        moving = []
        for row, (kind, place) in enumerate(self.sums):
            if kind == "parameter":
                self.fixed[row, place] = 1.0
                continue
            for i, (output, _, parameter) in enumerate(derivatives.PREPARE_TANGENT_PATTERN):
                if output == place:
                    moving.append((row, parameter, i))
        self.moving = tuple(np.array(moving, dtype=np.int64).reshape(-1, 3).T)


def render_sharing() -> str:
    """Text of the kernels that find shared histories and lay them out."""
    return fill(
        "sharing",
        lanes=LANES,
        absent_rating=int(ABSENT_RATING),
        absent_days=repr(ABSENT_DAYS),
    )


def render_tree(name: str, equations: ModuleType, derivatives: ModuleType) -> str:
    """Text of the kernels for loss, gradient and predictions of a model over shared histories."""
    layout = TreeLayout(derivatives, len(equations.PARAMETERS))
    new, keeps = names("new", layout.states), names("kept", derivatives.KEPT)
    bars, sums = names("bar", layout.live), names("sum", len(layout.sums))
    clear = stores("at + ", layout.bars, ["0.0"] * layout.live)
    inputs = [*loads("at + ", STATE, layout.states), *loads("at + ", DAYS, 1)]
    inputs += [*loads("at + ", RATING, 1), *loads("at + ", WEIGHT, 1)]
    kept = loads("at + ", layout.kept, derivatives.KEPT)
    first_inputs = ", ".join([*loads("", RATING, 1), *loads("", layout.bars, layout.live)])
    first_sums = sums[layout.later :]
    reverse_first = [
        f"{sequence(first_sums)} = first_reverse(w, c, o, {first_inputs})",
        *sums_of(layout.later, first_sums),
    ]
    return fill(
        "tree",
        model=name,
        lanes=LANES,
        total_rows=len(layout.sums) + 1,
        loss_sum=len(layout.sums) * LANES,
        step_size=layout.step * LANES,
        rating=RATING * LANES,
        days=DAYS * LANES,
        weight=WEIGHT * LANES,
        loss=LOSS * LANES,
        new=sequence(new),
        store_first=[
            *stores("", layout.new, new),
            *stores("", layout.bars, ["0.0"] * layout.live),
        ],
        store_new=stores("at + ", layout.new, new),
        load_state=sequence(loads("at + ", STATE, layout.states)),
        gather_all=_gathers(layout, "LANES"),
        gather_active=_gathers(layout, "active"),
        forward_results=sequence([*new, "loss", *keeps]),
        forward_arguments=", ".join(inputs),
        store_forward=[
            *stores("at + ", layout.new, new),
            *stores("at + ", LOSS, ["loss"]),
            *stores("at + ", layout.kept, keeps),
            *clear,
        ],
        reverse_results=sequence([*bars, *sums[: layout.later]]),
        reverse_arguments=", ".join([*inputs, *kept, *loads("at + ", layout.bars, layout.live)]),
        # the adjoints of the state it starts from, in the place of that state
        store_reverse=[*stores("at + ", STATE, bars), *sums_of(0, sums[: layout.later])],
        scatter=[
            f"scratch[source + {(layout.bars + i) * LANES}] += scratch[at + {(STATE + i) * LANES} + lane]"
            for i in range(layout.live)
        ],
        reverse_first=reverse_first if first_sums else ["pass"],
        **vectors(equations),
    )


def _gathers(layout: TreeLayout, active: str) -> list[str]:
    """Statements that read the states of parents."""
    return [
        f"pick(scratch, sources, slot, {active}, 0, {(layout.new + i) * LANES}, at + {(STATE + i) * LANES})"
        for i in range(layout.states)
    ]
