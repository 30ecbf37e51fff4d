"""The derivatives of FSRS-6 against differences in 50 digits, SymPy, golden figures and themselves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from types import FunctionType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_slopes import check_row, check_start

from repetita import model
from repetita.derivatives import derivatives
from repetita.equations import equations
from repetita.errors import UnknownName
from repetita.kernels.reference import loss_and_gradient_reference

FSRS6 = equations("fsrs6")
D = derivatives("fsrs6")
VARIANTS = sorted(FSRS6.VARIANTS)


def parameters(draw: random.Random) -> list[float]:
    """Parameters strictly inside the bounds, half of them near the default."""
    return [
        p.low + (p.high - p.low) * draw.uniform(0.01, 0.99)
        if draw.random() < 0.5
        else min(max(p.default * draw.uniform(0.8, 1.2), p.low * 1.001 + 1e-6), p.high * 0.999)
        for p in FSRS6.PARAMETERS
    ]


def random_rows(draw: random.Random, count: int) -> Iterator[tuple[Any, ...]]:
    """States strictly inside their range with a review, a weight and adjoints: every rating by range."""
    ranges = [(0.0011, 0.01), (0.1, 1e3), (3e4, 3.6e4)]
    for _ in range(count):
        for (low, high), days, rating in product(ranges, (0, draw.choice([1, 12, 400])), (1, 2, 3, 4)):
            state = (low * (high / low) ** draw.random(), draw.uniform(1.001, 9.999))
            yield state, days, rating, draw.uniform(0.1, 3.0), (draw.uniform(-2, 2), draw.uniform(-2, 2))


def branch(w: list[float], row: tuple[Any, ...]) -> set[str]:
    """Which pieces of the piecewise equations a row uses."""
    (stability, difficulty), days, rating, _, _ = row
    options = FSRS6.VARIANTS["default"]
    new = FSRS6.after(w, FSRS6.prepare(w, options), options, (stability, difficulty), days, rating)
    when = "same day" if days < 1 else "later"
    names = {f"{when}, rating {rating}"}
    names |= {f"stability at {bound}" for bound in options[:2] if new[0] == bound}
    names |= {"difficulty at 1.0"} if new[1] == 1.0 else set()  # its step is damped and never reaches 10
    if days < 1 and rating >= 2:
        names.add("floored" if new[0] == stability else "not floored")
    if days >= 1 and rating == 1:
        cap = FSRS6.exp(-w[17] * w[18]) * stability
        names.add("capped" if new[0] == pytest.approx(cap, rel=1e-13) else "not capped")
    return names


@pytest.mark.parametrize("variant", VARIANTS)
def test_step_against_differences_in_all_branches(variant: str) -> None:
    draw = random.Random(f"{variant} rows")
    seen: set[str] = set()
    for row in random_rows(draw, 5):
        w = parameters(draw)
        check_row(FSRS6, D, FSRS6.VARIANTS[variant], w, row)
        seen |= branch(w, row)
    wanted = {f"{when}, rating {rating}" for when in ("same day", "later") for rating in (1, 2, 3, 4)}
    wanted |= {"floored", "not floored", "capped", "not capped"}
    wanted |= {"stability at 36500.0", "stability at 0.001", "difficulty at 1.0"}
    assert wanted <= seen


def test_first_and_prepare_against_differences() -> None:
    draw = random.Random("starts")
    for rating in (1, 2, 3, 4):
        for _ in range(5):
            check_start(FSRS6, D, FSRS6.VARIANTS["default"], parameters(draw), rating)


@pytest.mark.parametrize("days", [0, 12])
@pytest.mark.parametrize("rating", [1, 2, 3, 4])
def test_step_against_sympy(days: int, rating: int) -> None:
    sympy = pytest.importorskip("sympy")
    w = [p.default for p in FSRS6.PARAMETERS]
    options = FSRS6.VARIANTS["default"]
    c = FSRS6.prepare(w, options)
    values = {"w": w, "c": list(c), "s": [7.5, 6.2]}
    symbols = {kind: [sympy.Symbol(f"{kind}{i}") for i in range(len(v))] for kind, v in values.items()}
    point = {x: value for kind in values for x, value in zip(symbols[kind], values[kind], strict=True)}

    def by_value(pick: Any) -> Any:
        return lambda a, b: pick((a, b), key=lambda x: float(sympy.sympify(x).evalf(20, subs=point)))

    namespace = {
        **vars(FSRS6),
        "exp": sympy.exp,
        "log": sympy.log,
        "min": by_value(min),
        "max": by_value(max),
    }
    for name in ("recall", "after", "power", "clamp"):
        namespace[name] = FunctionType(getattr(FSRS6, name).__code__, namespace)
    arguments = symbols["w"], symbols["c"], options, tuple(symbols["s"]), days
    recalled = namespace["recall"](*arguments)
    new = namespace["after"](*arguments, rating)
    loss = -2 * sympy.log(1 - recalled if rating == 1 else recalled) if days else sympy.Integer(0)
    total = loss + sympy.Rational(3, 4) * new[0] - sympy.Rational(5, 4) * new[1]

    weight = 2.0 if days else 0.0
    kept = D.forward(w, c, options, 7.5, 6.2, days, rating, weight)[D.STATES + 1 :]
    found = D.reverse(w, c, options, 7.5, 6.2, days, rating, weight, *kept, 0.75, -1.25)
    by = [
        *symbols["s"],
        *(symbols["w"][i] for i in D.REVERSE_PARAMETERS),
        *(symbols["c"][i] for i in D.REVERSE_PREPARED),
    ]
    expected = [float(total.diff(x).evalf(25, subs=point)) for x in by]
    assert list(found) == pytest.approx(expected, rel=1e-11, abs=1e-14)


@pytest.mark.golden
def test_gradient_against_golden_figures(golden: Any) -> None:
    data = golden("fsrs6")
    tolerance = data["tolerance"]
    scored = [case for case in golden("fsrs6", "cases") if case["loss"] is not None]
    if not scored:
        pytest.skip("no golden history has a scored review")
    for case in scored:
        m = model("fsrs6", data["parameter_sets"][case["params"]])
        loss, gradient = loss_and_gradient_reference(m, [case["reviews"]])
        assert loss == pytest.approx(case["loss"], rel=1e-9), case["id"]
        assert gradient == pytest.approx(
            case["grad"], rel=tolerance["grad_float64_rel"], abs=tolerance["grad_abs"]
        ), case["id"]


def test_tangent_is_the_transpose_of_reverse() -> None:
    draw = random.Random("tangent")
    for state, days, rating, _, _ in random_rows(draw, 10):
        w = parameters(draw)
        options = FSRS6.VARIANTS[draw.choice(VARIANTS)]
        c = FSRS6.prepare(w, options)
        tangent = D.tangent(w, c, options, *state, days, rating)
        partials = dict(zip(D.TANGENT_PATTERN, tangent[D.STATES + 1 :], strict=True))
        recalled = tangent[D.STATES]
        for output in range(D.STATES + 1):
            weight = float(output == D.STATES and days > 0)
            bars = [float(output == place) for place in range(D.STATES)]
            kept = D.forward(w, c, options, *state, days, rating, weight)[D.STATES + 1 :]
            row = D.reverse(w, c, options, *state, days, rating, weight, *kept, *bars)
            by_recall = (1.0 / (1.0 - recalled) if rating == 1 else -1.0 / recalled) if weight else 1.0
            keys = [("state", i) for i in range(D.STATES)]
            keys += [("parameter", i) for i in D.REVERSE_PARAMETERS]
            keys += [("prepared", i) for i in D.REVERSE_PREPARED]
            expected = {key: partials.get((output, *key), 0.0) * by_recall for key in keys}
            if output == D.STATES and not weight:
                continue
            scale = max(map(abs, expected.values()))
            for key, bar in zip(keys, row, strict=True):
                assert bar == pytest.approx(expected[key], rel=1e-12, abs=1e-12 * scale), (output, key)


inside = st.tuples(
    *(st.sampled_from([p.low, p.high, p.default]) | st.floats(p.low, p.high) for p in FSRS6.PARAMETERS)
)
days_between = st.sampled_from([0.0, 1.0, 36500.0, 1e6]) | st.floats(0.0, 1e6)
big = st.floats(-1e6, 1e6)


@settings(max_examples=300, deadline=None)
@given(
    w=inside,
    stability=st.sampled_from([0.001, 36500.0]) | st.floats(0.001, 36500.0),
    difficulty=st.sampled_from([1.0, 10.0]) | st.floats(1.0, 10.0),
    days=days_between,
    rating=st.integers(1, 4),
    weight=st.floats(0.0, 1e6),
    bars=st.tuples(big, big),
    variant=st.sampled_from(VARIANTS),
)
def test_everything_stays_finite_inside_the_bounds(
    w: tuple[float, ...],
    stability: float,
    difficulty: float,
    days: float,
    rating: int,
    weight: float,
    bars: tuple[float, float],
    variant: str,
) -> None:
    options = FSRS6.VARIANTS[variant]
    c = FSRS6.prepare(w, options)
    row = (w, c, options, stability, difficulty, days, rating)
    values = D.forward(*row, weight)
    results = [
        *values,
        *D.reverse(*row, weight, *values[D.STATES + 1 :], *bars),
        *D.tangent(*row),
        *D.first_reverse(w, c, options, rating, *bars),
        *D.prepare_reverse(w, options, *bars, *bars),
    ]
    assert all(abs(value) < float("inf") for value in results)
    assert options[0] <= values[0] <= options[1]
    assert 1.0 <= values[1] <= 10.0
    assert values[2] >= 0.0


def test_a_parameter_on_its_bound_keeps_its_derivative() -> None:
    low = [p.low for p in FSRS6.PARAMETERS]
    options = FSRS6.VARIANTS["default"]
    c = FSRS6.prepare(low, options)
    for rating in (1, 2, 3, 4):
        bars = D.first_reverse(low, c, options, rating, 1.0, 0.0)
        assert bars[: len(D.FIRST_PARAMETERS)][rating - 1] == 1.0


def test_an_unknown_model_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match="fsrs6"):
        derivatives("fsrs66")
