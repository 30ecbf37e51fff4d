"""`MemoryModel`: one memory model with one parameter vector, for people and for the rest of the package.

Scalars in, scalars out needs the standard library only. Arrays and logs go through the compiled kernels,
which are imported when the first array arrives.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from repetita import parameter_lists
from repetita.equations import Parameter, declared, equations, options_of
from repetita.errors import InvalidParameters, UsageError
from repetita.intervals import searched_interval, solved_interval, solved_stability
from repetita.model_arguments import (
    any_array,
    checked_days,
    checked_rating,
    checked_state,
    number,
    positive_number,
    state_entries,
)
from repetita.ratings import Rating
from repetita.registration import Registration, registrations

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from repetita.kernels.replay import Replay
    from repetita.reviews import ReviewLog

    FloatArray: TypeAlias = NDArray[np.float64]

__all__ = ["MemoryModel", "model"]

SCHEMA = 1
State: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MemoryModel:
    """A memory model: equations by name, one parameter vector, one variant. Made by `model`.

    Attributes:
        name: Model name, one of `repetita.equations.model_names`.
        parameters: One float a parameter, inside the model's bounds.
        variant: Which published variant of the equations is meant.
        notes: What was done to the given parameters (migration, clipping), in words.

    Example:
        >>> m = model("fsrs6")
        >>> s = m.initial_state(rating=3)
        >>> m.next_state(s, elapsed_days=5, rating=3)[0] > s[0]
        True
        >>> round(m.retrievability(s, elapsed_days=s[0]), 6)
        0.9
    """

    name: str
    parameters: tuple[float, ...]
    variant: str = "default"
    notes: tuple[str, ...] = field(default=(), compare=False)
    equations: ModuleType = field(init=False, repr=False, compare=False)
    options: tuple[float, ...] = field(init=False, repr=False, compare=False)
    prepared: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __new__(cls, name: str = "", *_: Any, **__: Any) -> MemoryModel:
        """A model of the kind that the name stands for."""
        kind = declared(equations(name)).kind
        if kind == "recursive":
            return object.__new__(MemoryModel)
        if kind == "network":
            from repetita.network_model import NetworkModel

            return object.__new__(NetworkModel)
        from repetita.history_model import HistoryModel

        return object.__new__(HistoryModel)

    def __post_init__(self) -> None:
        module, options = equations(self.name), options_of(self.name, self.variant)
        parameters = parameter_lists.as_given(self.name, self.parameters)
        if len(parameters) != len(module.PARAMETERS):
            raise InvalidParameters(
                f"{self.name} has {len(module.PARAMETERS)} parameters, got {len(parameters)}",
                hint="model() migrates lists of older versions",
            )
        object.__setattr__(self, "parameters", parameters)
        object.__setattr__(self, "equations", module)
        object.__setattr__(self, "options", options)
        object.__setattr__(self, "prepared", module.prepare(parameters, options))

    def __repr__(self) -> str:
        shown = ", ".join(f"{value:.4g}" for value in self.parameters[:4])
        more = ", …" if len(self.parameters) > 4 else ""
        variant = "" if self.variant == "default" else f", variant={self.variant!r}"
        return f"MemoryModel({self.name!r}, [{shown}{more}]{variant})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (
            _unpickled,
            (self.name, self.parameters, self.variant, self.notes, registrations([self.name])),
        )

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the numbers in a state, in order."""
        names: tuple[str, ...] = self.equations.STATE
        return names

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return tuple(p.name for p in self.equations.PARAMETERS)

    @property
    def parameter_table(self) -> tuple[Parameter, ...]:
        """Name, default, bounds, unit and meaning of each parameter."""
        table: tuple[Parameter, ...] = self.equations.PARAMETERS
        return table

    @property
    def published(self) -> MemoryModel:
        """The same model and variant with the published default parameters.

        Example:
            >>> model("fsrs6", [0.5] * 4 + [5.0] * 17, clip=True).published == model("fsrs6")
            True
        """
        return MemoryModel(self.name, tuple(p.default for p in self.parameter_table), self.variant)

    def initial_state(self, rating: int) -> State:
        """State after the first review of a card.

        Args:
            rating: 1 Again, 2 Hard, 3 Good, 4 Easy.

        Raises:
            UsageError: Another rating.

        Example:
            >>> model("fsrs6").initial_state(3)[0]
            2.3065
        """
        grade = checked_rating(rating)
        state: State = self.equations.first(self.parameters, self.prepared, self.options, grade)
        return state

    @overload
    def next_state(self, state: Sequence[float], elapsed_days: float, rating: int) -> State: ...
    @overload
    def next_state(
        self, state: Sequence[Any], elapsed_days: FloatArray, rating: Any
    ) -> tuple[FloatArray, ...]: ...

    def next_state(self, state: Sequence[Any], elapsed_days: Any, rating: Any) -> Any:
        """State after a later review.

        Args:
            state: State before the review, in the order of `state_names`; entries may be arrays.
            elapsed_days: Days since the previous review, at least 0; a number or an array. Whole days for
                FSRS-6.
            rating: 1 Again, 2 Hard, 3 Good, 4 Easy; a number or an array. Arrays broadcast.

        Returns:
            One number a name of `state_names`, or one array where an argument is an array.

        Raises:
            UsageError: A rating, state or time out of range.

        Example:
            >>> m = model("fsrs6")
            >>> stability, difficulty = m.next_state((10.0, 5.0), elapsed_days=10, rating=1)
            >>> round(stability, 3)
            1.392
        """
        entries = self.state_entries(state)
        if any_array(elapsed_days, rating, *entries):
            from repetita.kernels.elementwise import next_states

            return next_states(self, entries, elapsed_days, rating)
        grade, before, days = (
            checked_rating(rating),
            self._checked_state(entries),
            checked_days(elapsed_days),
        )
        return self.equations.after(self.parameters, self.prepared, self.options, before, days, grade)

    def next_states(
        self, state: Sequence[Any], elapsed_days: Any, desired_retention: Any
    ) -> dict[Rating, tuple[tuple[Any, ...], Any]]:
        """For each rating the state after a review and its interval; for arrays in one compiled pass.

        Args:
            state: State before the review; entries may be arrays.
            elapsed_days: Days since the previous review, at least 0; a number or an array.
            desired_retention: In (0, 1); a number or an array. Arrays broadcast.

        Returns:
            Rating to the state, as `next_state` gives it, and days, as `interval` gives them.

        Raises:
            UsageError: A state, time or retention out of range.

        Example:
            >>> for rating, (state, days) in model("fsrs6").next_states((10.0, 5.0), 10, 0.9).items():
            ...     print(rating.name, round(days, 2))
            AGAIN 1.39
            HARD 23.25
            GOOD 32.03
            EASY 51.25
        """
        if any_array(elapsed_days, desired_retention, *self.state_entries(state)):
            from repetita.kernels.elementwise import next_states_by_rating

            return next_states_by_rating(self, state, elapsed_days, desired_retention)
        after = {rating: self.next_state(state, elapsed_days, rating) for rating in Rating}
        return {rating: (made, self.interval(made, desired_retention)) for rating, made in after.items()}

    @overload
    def retrievability(self, state: Sequence[float], elapsed_days: float) -> float: ...
    @overload
    def retrievability(self, state: Sequence[Any], elapsed_days: FloatArray) -> FloatArray: ...

    def retrievability(self, state: Sequence[Any], elapsed_days: Any) -> Any:
        """Probability of recall some time after the last review, in (0, 1].

        Args:
            state: State after the last review; entries may be arrays.
            elapsed_days: Days since the last review, at least 0; a number or an array. Arrays broadcast.

        Raises:
            UsageError: A negative time or a state that is not finite and positive.

        Example:
            >>> round(model("fsrs6").retrievability((10.0, 5.0), 30), 4)
            0.8094
        """
        entries = self.state_entries(state)
        if any_array(elapsed_days, *entries):
            from repetita.kernels.elementwise import retrievability

            return retrievability(self, entries, elapsed_days)
        checked, days = self._checked_state(entries), checked_days(elapsed_days)
        return self.equations.recall(self.parameters, self.prepared, self.options, checked, days)

    @overload
    def interval(self, state: Sequence[float], desired_retention: float) -> float: ...
    @overload
    def interval(self, state: Sequence[Any], desired_retention: FloatArray) -> FloatArray: ...

    def interval(self, state: Sequence[Any], desired_retention: Any) -> Any:
        """Days after which retrievability has fallen to the desired retention; not rounded.

        Where the model has no closed form, its curve is solved for it: to a relative 1e-10, at most 36500. A
        curve that may rise is searched, as `repetita.intervals.searched_interval` says.

        Args:
            state: State after the last review; entries may be arrays.
            desired_retention: In (0, 1); a number or an array. Arrays broadcast.

        Raises:
            UsageError: A desired retention outside (0, 1), a state that is not finite and positive.

        Example:
            >>> round(model("fsrs6").interval((10.0, 5.0), 0.9), 6)
            10.0
        """
        entries = self.state_entries(state)
        if any_array(desired_retention, *entries):
            from repetita.kernels.elementwise import interval

            return interval(self, entries, desired_retention)
        retention = number("desired_retention", desired_retention)
        if not 0.0 < retention < 1.0:
            raise UsageError(f"desired_retention is {desired_retention!r}, expected a number in (0, 1)")
        vectors, checked = (self.parameters, self.prepared, self.options), self._checked_state(entries)
        if not declared(self.equations).closed_interval:
            search = searched_interval if declared(self.equations).steps else solved_interval
            return search(lambda days: self.equations.recall(*vectors, checked, days), retention)
        try:
            return self.equations.interval(*vectors, checked, retention)
        except OverflowError:
            raise UsageError(
                f"desired_retention is {desired_retention!r}: no float holds an interval that long"
            ) from None

    def state_from_sm2(self, interval_days: float, ease: float, retention: float = 0.9) -> State:
        """State of a card that is known by its SM-2 interval and ease only.

        The stability is the one with which ``retention`` of such cards are recalled after the interval. The
        difficulty is the one with which a success then multiplies it by the ease (conversion of fsrs-rs);
        FSRS-7 takes 5.

        Args:
            interval_days: Above 0.
            ease: Factor of SM-2, above 0, about 2.5.
            retention: Share recalled at the end of such intervals, in (0, 1).

        Raises:
            UsageError: A number out of range, or a model without such a conversion.

        Example:
            >>> [round(x, 3) for x in model("fsrs6").state_from_sm2(10, 2.5)]
            [10.0, 6.914]
            >>> state = model("fsrs7").state_from_sm2(10, 2.5)
            >>> round(model("fsrs7").retrievability(state, 10), 9)
            0.9
        """
        interval, factor = positive_number("interval_days", interval_days), positive_number("ease", ease)
        share = number("retention", retention)
        if not 0.0 < share < 1.0:
            raise UsageError(f"retention is {retention!r}, expected a number in (0, 1)")
        module, vectors = self.equations, (self.parameters, self.prepared, self.options)
        if hasattr(module, "of_stability"):

            def recalled(stability: float) -> float:
                return float(module.recall(*vectors, module.of_stability(*vectors, stability), interval))

            found: State = module.of_stability(*vectors, solved_stability(recalled, share))
            return found
        if not hasattr(module, "from_sm2"):
            raise UsageError(f"{self.name} has no conversion of an SM-2 interval and ease into its state")
        try:
            state: State = module.from_sm2(*vectors, interval, factor, share)
        except (ZeroDivisionError, OverflowError):
            state = ()
        if not state or not all(map(isfinite, state)):
            raise UsageError(
                f"no state of {self.name} explains an interval of {interval_days} days, an ease of {ease} "
                f"and a retention of {retention}"
            )
        return state

    def predict(self, log: ReviewLog) -> FloatArray:
        """Predicted probability of recall just before every review of a log.

        Args:
            log: A review log.

        Returns:
            Shape (reviews,), in the log's row order; NaN at the first review of each card.

        Example:
            >>> from repetita.reviews import ReviewLog
            >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (5, 1)]])
            >>> [round(float(p), 4) for p in model("fsrs6").predict(log)]
            [nan, 0.9095, 0.9446]
        """
        from repetita.kernels.replay import predict
        from repetita.reviews.review_log import require_log

        require_log(log, "predict")
        return predict(self, log)

    def replay(self, log: ReviewLog) -> Replay:
        """States before and after, and the prediction, for every review of a log.

        Example:
            >>> from repetita.reviews import ReviewLog
            >>> log = ReviewLog.from_histories([[(0, 3), (2, 3)]])
            >>> model("fsrs6").replay(log).after["stability"].round(3).tolist()
            [2.306, 10.964]
        """
        from repetita.kernels.replay import replay
        from repetita.reviews.review_log import require_log

        require_log(log, "replay")
        return replay(self, log)

    def state_entries(self, state: Sequence[Any]) -> tuple[Any, ...]:
        """The entries of a state, one a name of `state_names`: numbers or arrays, as they were given.

        Raises:
            UsageError: Another number of entries.
        """
        return state_entries(self.name, state)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `from_dict` reads back.

        Example:
            >>> MemoryModel.from_dict(model("fsrs6").to_dict()) == model("fsrs6")
            True
        """
        return {
            "schema": SCHEMA,
            "model": self.name,
            "variant": self.variant,
            "parameters": list(self.parameters),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MemoryModel:
        """The model that `to_dict` described.

        Raises:
            InvalidParameters: Not such a description, or parameters that do not fit the model.
        """
        if not isinstance(data, Mapping) or "model" not in data or "parameters" not in data:
            raise InvalidParameters(
                "not a description of a memory model: 'model' and 'parameters' are expected",
                hint="write one with MemoryModel.to_dict()",
            )
        variant = data.get("variant", "default")
        if "standardization" in data:
            from repetita.network_model import network

            return network(data["model"], data["parameters"], variant, data["standardization"])
        return model(data["model"], data["parameters"], variant=variant)

    def _checked_state(self, entries: tuple[Any, ...]) -> State:
        return checked_state(self.name, entries)


def model(
    name: str = "fsrs6",
    parameters: Sequence[float] | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    variant: str = "default",
    clip: bool = False,
) -> MemoryModel:
    """A memory model by name, with the given parameters or the published defaults.

    Args:
        name: One of `repetita.equations.model_names`.
        parameters: One number a parameter; None or an empty list means the defaults. Lists of older versions
            of the model are migrated (FSRS-6 takes 17 and 19 numbers too) and ``notes`` says so.
        weights: Path of a ``.pth`` file with the weights of a network ("lstm", "gru", "gru_p"), in place of
            parameters; it is read without torch, and nothing in it is run.
        variant: Named variant of the equations. With weights the default means what their shapes say.
        clip: Move values that are out of bounds to the bound instead of raising.

    Raises:
        UnknownName: No such model or variant.
        InvalidParameters: Wrong length, values that are not finite, or out of bounds.
        UsageError: Weights for a model that is no network, or parameters beside them.
        InputError: A file of weights that is missing, damaged, hostile, or of another network.

    Example:
        >>> model("fsrs6", [0.4, 0.9, 2.3, 10.9])
        Traceback (most recent call last):
        ...
        repetita.errors.InvalidParameters: fsrs6 takes 21 parameters (or 17, 19 of older versions), got 4
    """
    if weights is not None or declared(equations(name)).kind == "network":
        from repetita.network_model import network, network_from_file

        given = () if parameters is None else parameters
        if weights is None:
            return network(name, given, variant)
        if len(given):
            raise UsageError("both parameters and weights are given, expected one of them", where="weights")
        return network_from_file(name, weights, variant)
    values, notes = parameter_lists.for_model(name, parameters, clip=clip)
    return MemoryModel(name, values, variant, notes)


def _unpickled(
    name: str, parameters: State, variant: str, notes: tuple[str, ...], _: tuple[Registration, ...]
) -> MemoryModel:
    """A model that was pickled; what it needs registered has registered itself on the way."""
    return MemoryModel(name, parameters, variant, notes)
