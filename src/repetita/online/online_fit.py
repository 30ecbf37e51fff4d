"""`OnlineFit`: parameters that learn from every review as it comes."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from operator import index
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from repetita.equations import declared, equations
from repetita.errors import CorruptInput, UsageError, unknown_name
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model
from repetita.online.benchmark import Benchmark
from repetita.online.exact import Exact
from repetita.online.notebook import Notebook
from repetita.online.updates import Method, OnlineRun, OnlineUpdate, Step
from repetita.registration import Registration, registrations

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["METHODS", "OnlineFit"]

CardId: TypeAlias = int | str
SCHEMA = 1

# the methods by name: what they are, what they want, and the one model they are written for, if any
METHODS: Mapping[str, tuple[type[Any], tuple[str, ...], str | None]] = MappingProxyType(
    {
        "exact": (Exact, ("rate", "largest_step"), None),
        "notebook": (Notebook, ("rate",), "fsrs6"),
        "benchmark": (Benchmark, ("rate",), "fsrs6"),
    }
)


class OnlineFit:
    """Parameters of a memory model that move a little after every review.

    ``update`` is for live use, ``run`` for a whole log. Whether learning one review at a time is worth it is
    a question to put to the predictions of a run: they are all made before the answer was seen.

    There are three methods:

    * ``"exact"``: the true gradient of the newest review's loss through the last transition, for any
      recursive model. Steps are measured in standard deviations of the model's default prior; rate .003 by
      default, and at most ``largest_step`` (0.1) of them at once. See `repetita.online.exact`.
    * ``"notebook"``, ``"benchmark"``: two published optimizers for FSRS-6, reproduced number by number with
      everything that is wrong in them. `repetita.online.notebook.learn` and
      `repetita.online.benchmark.gradient` list it. Only for comparisons.

    Args:
        model: A `MemoryModel` with the parameters to start from, or the name of one for its defaults.
        method: One of the above.
        rate: Learning rate, above 0. Default: that of the method (.003, .01, .0001).
        largest_step: Of ``"exact"``: longest move of one update, in standard deviations of the prior,
            above 0. Default: 0.1.

    Raises:
        UnknownName: No such model or method.
        UsageError: An option out of range, or a model that the method cannot learn.

    Example:
        >>> fit = OnlineFit("fsrs6")
        >>> fit.update("a card", 0, 3).prediction is None
        True
        >>> after = fit.update("a card", 10, 1)
        >>> round(after.prediction, 4), after.learned
        (0.7744, True)
        >>> after.parameters[2] < 2.3065, fit.parameters == after.parameters
        (True, True)
    """

    def __init__(
        self,
        model: MemoryModel | str = "fsrs6",
        *,
        method: str = "exact",
        rate: float | None = None,
        largest_step: float | None = None,
    ) -> None:
        if method not in METHODS:
            raise unknown_name("method", method, METHODS)
        start = memory_model(model) if isinstance(model, str) else model
        if not isinstance(start, MemoryModel):
            raise UsageError(f"model is a {type(start).__name__}, expected a name or a MemoryModel")
        _check_supported(start, method)
        kind, wanted, _ = METHODS[method]
        given = {"rate": rate, "largest_step": largest_step}
        options = {name: _positive(name, value) for name, value in given.items() if value is not None}
        for name in options.keys() - wanted:
            raise UsageError(f"method {method!r} takes no {name}", hint=f"it takes {', '.join(wanted)}")
        self._name, self._variant, self._method_name = start.name, start.variant, method
        self._method: Method = kind(start, **options)
        self._cards: dict[CardId, tuple[Any, ...]] = {}
        self._reviews = self._learned = 0

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value:g}" for name, value in self._method.settings().items())
        return (
            f"OnlineFit({self._name!r}, method={self._method_name!r}, {settings}; "
            f"{self._reviews} reviews of {len(self._cards)} cards)"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # compiled code does not travel to other processes; equations from outside the package do
        return (_unpickled, (self.to_dict(), registrations([self._name])))

    @property
    def method(self) -> str:
        """Name of the method."""
        return self._method_name

    @property
    def parameters(self) -> tuple[float, ...]:
        """The parameters of now."""
        return self._method.parameters()

    @property
    def model(self) -> MemoryModel:
        """A memory model with the parameters of now."""
        return MemoryModel(self._name, self._method.parameters(), self._variant)

    @property
    def cards(self) -> int:
        """Number of cards known."""
        return len(self._cards)

    @property
    def reviews(self) -> int:
        """Number of reviews seen."""
        return self._reviews

    @property
    def learned(self) -> int:
        """Number of reviews that moved the parameters."""
        return self._learned

    def update(self, card_id: CardId, elapsed_days: float, rating: int) -> OnlineUpdate:
        """What a review changed: the parameters after it, the prediction made before, the card's state.

        A card that was not seen before starts with this review; its ``elapsed_days`` is then of no account.
        Reviews on the same day (of models in whole days) move the state and teach nothing.

        Args:
            card_id: Which card; an int or a str.
            elapsed_days: Days since its previous review, at least 0; whole days where the model has them.
            rating: 1 Again, 2 Hard, 3 Good, 4 Easy.

        Raises:
            UsageError: A rating, a time or a card id that is none.

        Example:
            >>> fit = OnlineFit("fsrs6")
            >>> fit.update(7, 0, 3).state
            (2.3065, 2.118103970459015)
            >>> fit.update(7, 3, 3).learned
            True
        """
        if type(card_id) is not int and type(card_id) is not str:
            card_id = _card_id(card_id)
        days, grade = _days(elapsed_days), _rating(rating)
        step: Step = self._method.update(self._cards.get(card_id), days, grade)
        self._cards[card_id] = step[0]
        self._reviews += 1
        self._learned += step[3]
        return OnlineUpdate(self._method.parameters(), step[1], step[2], step[3])

    def predict(self, card_id: CardId, elapsed_days: float) -> float:
        """Probability of recall of a known card, some days after its last review.

        Raises:
            UsageError: A card that no review was seen of, or a time that is none.
        """
        return self._method.predicted(self._memory(card_id), _days(elapsed_days))

    def state(self, card_id: CardId) -> tuple[float, ...]:
        """State of a known card after its last review, by the parameters of now.

        Raises:
            UsageError: A card that no review was seen of.

        Example:
            >>> fit = OnlineFit("fsrs6")
            >>> after = fit.update("a card", 0, 3)
            >>> round(fit.model.interval(fit.state("a card"), 0.9), 4)
            2.3065
        """
        return self._method.state(self._memory(card_id))

    def warm(self) -> None:
        """Loads compiled code now instead of after 10 000 updates, for ``"exact"``.

        It gives the same numbers, several times as fast, but takes a second to load (the first time on a
        machine, several).
        """
        if isinstance(self._method, Exact):
            self._method.warm()

    def run(self, log: ReviewLog) -> OnlineRun:
        """One pass over a log in order of time: predictions made before each review, parameters after all.

        Cards of the log start anew with their first review in it; other cards known stay as they are.

        Args:
            log: The reviews.

        Raises:
            UsageError: Not a log.

        Example:
            >>> from repetita.reviews import ReviewLog
            >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (5, 1)], [(0, 1), (1, 3)]])
            >>> done = OnlineFit("fsrs6").run(log)
            >>> done.predictions.round(4).tolist(), done.learned
            ([nan, 0.9095, 0.9446, nan, 0.7662], 3)
        """
        from repetita.online.whole_log import run

        if not hasattr(log, "time_order"):
            raise UsageError(f"log is a {type(log).__name__}, expected a ReviewLog", hint="read_reviews()")
        done = run(self._method, self._cards, log, equations(self._name).UNIT)
        self._reviews += done.reviews
        self._learned += done.learned
        return done

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `from_dict` goes on from, to the last bit.

        Example:
            >>> import json
            >>> fit = OnlineFit("fsrs6")
            >>> after = fit.update("a card", 0, 3), fit.update("a card", 4, 3)
            >>> again = OnlineFit.from_dict(json.loads(json.dumps(fit.to_dict())))
            >>> again.update("a card", 9, 1) == fit.update("a card", 9, 1)
            True
        """
        return {
            "schema": SCHEMA,
            "online": self._method_name,
            "model": self._name,
            "variant": self._variant,
            "parameters": list(self.parameters),
            "settings": self._method.settings(),
            "reviews": self._reviews,
            "learned": self._learned,
            "cards": [[card_id, *memory] for card_id, memory in self._cards.items()],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> OnlineFit:
        """The fit that `to_dict` described.

        Raises:
            CorruptInput: Not such a description.
            UnknownName: A model or method that does not exist here.
        """
        from repetita.online.saved import checked

        start, settings, cards = checked(data)
        fit = cls(start, method=data["online"], **settings)
        for card_id, *numbers in cards:
            memory = fit._method.remembered(numbers)
            if memory is None:
                raise CorruptInput(f"card {card_id!r} of a saved online fit holds {numbers!r}")
            fit._cards[card_id] = memory
        fit._reviews, fit._learned = data["reviews"], data["learned"]
        return fit

    def _memory(self, card_id: CardId) -> tuple[Any, ...]:
        memory = self._cards.get(_card_id(card_id))
        if memory is None:
            raise UsageError(f"no review of card {card_id!r} was seen", hint="update() starts it")
        return memory


def _check_supported(model: MemoryModel, method: str) -> None:
    said, only = declared(model.equations), METHODS[method][2]
    if only is not None and model.name != only:
        raise UsageError(f"method {method!r} is for {only}, not for {model.name}", hint="method='exact'")
    if not said.fitted:
        raise UsageError(f"{model.name} has no parameters to learn; evaluate it as it is")
    if said.kind == "network":
        raise UsageError(f"{model.name} is a network, which learns from whole logs", hint="fit it to a log")
    if said.kind != "recursive":
        raise UsageError(
            f"{model.name} keeps whole histories, online learning needs a state of fixed size",
            hint="fit it to a log",
        )


def _positive(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0.0 < number < inf:
        raise UsageError(f"{name} is {value!r}, expected a finite number above 0")
    return number


def _days(elapsed_days: Any) -> float:
    try:
        days = float(elapsed_days)
    except (TypeError, ValueError):
        days = -1.0
    if not 0.0 <= days < inf:
        raise UsageError(f"elapsed_days is {elapsed_days!r}, expected a finite number of days, at least 0")
    return days


def _unpickled(saved: dict[str, Any], _: tuple[Registration, ...]) -> OnlineFit:
    """A fit that was pickled; what it needs registered has registered itself on the way."""
    return OnlineFit.from_dict(saved)


def _rating(rating: Any) -> int:
    if rating not in (1, 2, 3, 4):
        raise UsageError(f"rating is {rating!r}, expected 1 (Again), 2 (Hard), 3 (Good) or 4 (Easy)")
    return int(rating)


def _card_id(card_id: Any) -> CardId:
    """A card id as an int or a str: integers of other libraries become ints."""
    if isinstance(card_id, str):
        return str(card_id)
    try:
        if not isinstance(card_id, bool):
            return index(card_id)
    except TypeError:
        pass
    raise UsageError(f"card_id is {card_id!r}, expected an int or a str")
