"""Compiled online updates: the arithmetic of `repetita.online.exact`, to the bit where libraries agree."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from repetita.derivatives import derivatives
from repetita.equations import equations, source_name
from repetita.kernels.rendering import fill, names, sequence

__all__ = ["Layout", "run", "update"]


class Layout:
    """Where the one array of an online fit keeps what.

    The parameters come first; then, from the places named by the attributes on: prepared values, options,
    the gradient, the adjoints of the prepared values, the unit of a step, whether its scale is logarithmic,
    both bounds, and the rate followed by the longest step.

    Attributes:
        count: Parameters.
        states: Numbers of a state.
        size: Length of the array.
    """

    def __init__(self, module: ModuleType) -> None:
        defaults = [parameter.default for parameter in module.PARAMETERS]
        options = next(iter(module.VARIANTS.values()))
        self.count = len(defaults)
        self.states = len(module.STATE)
        self.prepared_count = len(module.prepare(defaults, options))
        self.option_count = len(options)
        self.prepared = self.count
        self.options = self.prepared + self.prepared_count
        self.gradient = self.options + self.option_count
        self.prepared_bars = self.gradient + self.count
        self.unit = self.prepared_bars + self.prepared_count
        self.logs = self.unit + self.count
        self.low = self.logs + self.count
        self.high = self.low + self.count
        self.rate = self.high + self.count
        self.size = self.rate + 2


@cache
def update(name: str, least_days: float) -> Callable[..., Any]:
    """The compiled single update.

    Args:
        name: Name of a recursive model.
        least_days: Reviews that come sooner teach nothing; 0 means that any time above 0 is enough.

    Returns:
        A function of ``(numbers, is_first, last_rating, last_days, *given, days, rating)`` that returns the
        prediction, 1 if a step was made, the state before the review and the one after. It changes
        ``numbers``.
    """
    return _entry(name, least_days, "update")


@cache
def run(name: str, least_days: float) -> Callable[..., int]:
    """The compiled run over a log.

    Args:
        name: Name of a recursive model.
        least_days: As for `update`.

    Returns:
        A function of ``(numbers, order, cards, days, ratings, memory, predictions)`` that returns the number
        of steps. It changes ``numbers``, ``memory`` and ``predictions``.
    """
    return _entry(name, least_days, "run")


def _entry(name: str, least_days: float, function: str) -> Callable[..., Any]:
    from repetita.kernels.source_cache import entry

    module = f"{source_name(name)}_online_{'days' if least_days else 'any_time'}"
    return entry(module, render_online(name, least_days), function)


def render_online(name: str, least_days: float) -> str:
    """Text of the online kernels of a model."""
    module, d = equations(name), derivatives(name)
    layout = Layout(module)
    live = len(d.LIVE_STATES)
    given, middle, new = (names(letter, layout.states) for letter in ("given", "middle", "new"))
    kept, now = names("kept", d.KEPT), names("now", d.KEPT)
    ignored, bars = names("ignored", layout.states), names("bar", live)
    backs = names("back", len(d.REVERSE_PARAMETERS) + len(d.REVERSE_PREPARED))
    places = [f"gradient[{i}]" for i in d.REVERSE_PARAMETERS] + [f"bars[{i}]" for i in d.REVERSE_PREPARED]
    firsts = [f"gradient[{i}]" for i in d.FIRST_PARAMETERS] + [f"bars[{i}]" for i in d.FIRST_PREPARED]
    scalars = ["last_rating", "last_days", *given, "days", "rating"]
    return fill(
        "online",
        model=source_name(name),
        **{key: value for key, value in vars(layout).items() if key != "states"},
        results=2 + 2 * layout.states,
        scalars=", ".join(["float64"] * len(scalars)),
        arguments=", ".join(scalars),
        scored=f">= {least_days!r}" if least_days else "> 0.0",
        middle=sequence(middle),
        no_kept=[f"{value} = 0.0" for value in kept] or ["pass"],
        forward_last=sequence([*middle, "no_loss", *kept]),
        forward_now=sequence([*ignored, "loss", *now]),
        reverse_now=sequence([*bars, *backs]),
        reverse_last=sequence([*names("done", live), *backs]),
        given_list=", ".join(given),
        middle_list=", ".join(middle),
        new_list=", ".join(new),
        now_list="".join(f"{value}, " for value in now),
        kept_list="".join(f"{value}, " for value in kept),
        bar_list=", ".join(bars),
        zeros=", ".join(["0.0"] * live),
        add_now=_additions(places, backs),
        add_last=_additions(places, backs),
        first_back=_call(firsts, "first_reverse", ["w", "c", "o", "last_rating", *bars]),
        prepare_back=_call(
            [f"gradient[{i}]" for i in d.PREPARE_PARAMETERS],
            "prepare_reverse",
            ["w", "o", *(f"bars[{i}]" for i in d.LIVE_PREPARED)],
        ),
        new_prepared=sequence(f"c[{i}]" for i in range(layout.prepared_count)),
        forward_new=sequence([*new, "new_loss", *now]),
        known_list=", ".join(f"known[{3 + i}]" for i in range(layout.states)),
        remember=[f"known[{3 + i}] = results[{2 + i}]" for i in range(layout.states)],
    )


def _additions(places: list[str], values: list[str]) -> list[str]:
    return [f"{place} += {value}" for place, value in zip(places, values, strict=True)] or ["pass"]


def _call(places: list[str], function: str, arguments: list[str]) -> list[str]:
    """Statements that add what a function returns; none if it returns nothing."""
    if not places:
        return ["pass"]
    made = names("more", len(places))
    return [f"{sequence(made)} = {function}({', '.join(arguments)})", *_additions(places, made)]
