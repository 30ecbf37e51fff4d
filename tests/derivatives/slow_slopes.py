"""An independent way to the derivatives: the equations in 50 digits, differenced with a step of 1e-20.

With so small a step a kink is hit only by a value that sits on it exactly, and the slopes are exact for our
purpose. Nothing of the tracer is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import mpmath
import pytest

DIGITS = 50
STEP = mpmath.mpf(10) ** -20


def precise(module: ModuleType) -> SimpleNamespace:
    """The functions of an equation module on mpmath numbers."""
    namespace = dict(vars(module))
    for name in ("exp", "log", "sqrt"):
        namespace[name] = getattr(mpmath, name)
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            namespace[name] = FunctionType(value.__code__, namespace, name, value.__defaults__)
    return SimpleNamespace(**namespace)


def slopes(
    function: Callable[..., Any], inputs: dict[str, Sequence[float]]
) -> dict[tuple[int, str, int], Any]:
    """Central differences of every output by every number of every input."""
    found = {}
    with mpmath.workdps(DIGITS):
        exact = {kind: [mpmath.mpf(value) for value in values] for kind, values in inputs.items()}
        for kind, values in exact.items():
            for place, value in enumerate(values):
                ends = []
                for shift in (STEP, -STEP):
                    moved = [*values[:place], value + shift, *values[place + 1 :]]
                    ends.append(function(**{**exact, kind: moved}))
                for output, (above, below) in enumerate(zip(*ends, strict=True)):
                    found[output, kind, place] = (above - below) / (2 * STEP)
    return found


def compare(
    found: dict[tuple[int, str, int], float], expected: dict[tuple[int, str, int], Any], note: object
) -> None:
    """Asserts that derivatives agree to 1e-9, and that what is missing is zero."""
    scale = max((abs(float(slope)) for slope in expected.values()), default=1.0)
    for key, slope in expected.items():
        assert found.get(key, 0.0) == pytest.approx(float(slope), rel=1e-9, abs=1e-11 * scale), (key, note)
    assert found.keys() <= expected.keys()


def check_row(
    equations: ModuleType, generated: Any, options: Sequence[float], w: Sequence[float], row: tuple[Any, ...]
) -> None:
    """Compares `forward`, `reverse` and `tangent` with the equations and their slopes.

    Args:
        equations: The equation module.
        generated: The derivative module.
        options: A variant of the equations.
        w: Parameters.
        row: State, elapsed days, rating, weight, and the adjoints of the new state.
    """
    state, days, rating, weight, bars = row
    exact, live = precise(equations), generated.LIVE_STATES
    c = equations.prepare(w, options)

    def outputs(state: Any, parameter: Any, prepared: Any) -> list[Any]:
        moved = dict(zip(live, state, strict=True))
        full = tuple(moved.get(place, value) for place, value in enumerate(row[0]))
        recalled = exact.recall(parameter, prepared, options, full, days)
        return [*exact.after(parameter, prepared, options, full, days, rating), recalled]

    def objective(state: Any, parameter: Any, prepared: Any) -> list[Any]:
        *new, recalled = outputs(state, parameter, prepared)
        predicted = 1 - recalled if rating == 1 else recalled
        loss = -weight * mpmath.log(max(predicted, equations.PREDICTION_FLOOR))
        return [loss + sum(bar * new[place] for bar, place in zip(bars, live, strict=True))]

    inputs = {"state": [state[place] for place in live], "parameter": w, "prepared": c}
    plain = [
        *equations.after(w, c, options, state, days, rating),
        equations.recall(w, c, options, state, days),
    ]
    values, found = reverse(generated, (w, c, options, *state, days, rating, weight), bars)
    assert list(values) == pytest.approx(plain[:-1], rel=1e-12)
    compare(found, slopes(objective, inputs), row)
    values, found = tangent(generated, (w, c, options, *state, days, rating))
    assert list(values) == pytest.approx(plain, rel=1e-12)
    compare(found, slopes(outputs, inputs), row)


Derivatives = dict[tuple[int, str, int], float]


def reverse(
    generated: Any, row: tuple[Any, ...], bars: Sequence[float]
) -> tuple[Sequence[float], Derivatives]:
    """The new state, and the adjoints by kind and place of the input; states count among the live ones."""
    count, live = generated.STATES, generated.LIVE_STATES
    values = generated.forward(*row)
    assert len(values) == count + 1 + generated.KEPT
    places = [("state", i) for i in range(len(live))]
    places += [("parameter", i) for i in generated.REVERSE_PARAMETERS]
    places += [("prepared", i) for i in generated.REVERSE_PREPARED]
    result = generated.reverse(*row, *values[count + 1 :], *bars)
    return values[:count], {(0, *place): bar for place, bar in zip(places, result, strict=True)}


def tangent(generated: Any, row: tuple[Any, ...]) -> tuple[Sequence[float], Derivatives]:
    """The new state and the recall, and their partial derivatives; states count among the live ones."""
    count, live = generated.STATES + 1, generated.LIVE_STATES
    result = generated.tangent(*row)
    pattern = [
        (output, kind, live.index(place) if kind == "state" else place)
        for output, kind, place in generated.TANGENT_PATTERN
    ]
    return result[:count], dict(zip(pattern, result[count:], strict=True))


def check_start(
    equations: ModuleType, generated: Any, options: Sequence[float], w: Sequence[float], rating: int
) -> None:
    """The same for the first review and for what is prepared."""
    exact = precise(equations)
    c = equations.prepare(w, options)
    sources = {
        "prepare": (lambda parameter: exact.prepare(parameter, options), {"parameter": w}, (w, options)),
        "first": (
            lambda parameter, prepared: exact.first(parameter, prepared, options, rating),
            {"parameter": w, "prepared": c},
            (w, c, options, rating),
        ),
    }
    for name, (function, inputs, arguments) in sources.items():
        expected = slopes(function, inputs)
        result = getattr(generated, f"{name}_tangent")(*arguments)
        pattern = getattr(generated, f"{name.upper()}_TANGENT_PATTERN")
        outputs = len(result) - len(pattern)
        assert list(result[:outputs]) == pytest.approx(list(getattr(equations, name)(*arguments)), rel=1e-12)
        compare(dict(zip(pattern, result[outputs:], strict=True)), expected, (name, rating))
        live = generated.LIVE_PREPARED if name == "prepare" else generated.LIVE_STATES
        places = [("parameter", i) for i in getattr(generated, f"{name.upper()}_PARAMETERS")]
        places += [("prepared", i) for i in (generated.FIRST_PREPARED if name == "first" else ())]
        bars = [1.5 - place for place in range(len(live))]
        back = getattr(generated, f"{name}_reverse")(*arguments, *bars)
        summed = {
            (0, kind, place): sum(bar * expected[i, kind, place] for i, bar in zip(live, bars, strict=True))
            for _, kind, place in expected
        }
        compare({(0, *p): bar for p, bar in zip(places, back, strict=True)}, summed, (name, rating))
