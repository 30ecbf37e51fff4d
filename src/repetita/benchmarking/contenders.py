"""What competes: a memory model with options of its fit, or a baseline, by a short text.

``fsrs6`` is the model with our default recipe. Options follow a colon, separated by commas:

==================  =================================================================================
``default``         the published parameters, nothing is fitted
``S0``              only initial stabilities are fitted, the rest stays as published
``binary``          two buttons: Hard and Easy count as Good
``no_same_day``     reviews on the day of the one before are dropped before histories are built
``recency``         newer reviews weigh more, by the public benchmark's cubic rule
``uniform``         every review weighs the same
``peer``            the objective of the reference trainers
``reference``       the model's published training recipe, parameters rounded as it does
``preset``          one parameter set a preset; one that was not seen in training gets the published ones
``deck``            the same a deck
``NAME=VALUE``      any option of `repetita.fit`: ``prior=published``, ``prior=none``, ``weights=4000``
==================  =================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from repetita.equations import BASELINES, declared, equations, known_model, model_names
from repetita.errors import UsageError, unknown_name
from repetita.memory_model import MemoryModel

__all__ = ["BASELINES", "Contender", "contender", "contenders", "known_names"]

Partition = Literal["preset", "deck"]
Start = Literal["fit", "default", "initial"]
FIT_OPTIONS = (
    "recipe",
    "prior",
    "weights",
    "outliers",
    "center",
    "small_sample",
    "only",
    "rounded",
    "variant",
)
SHORTHANDS: dict[str, dict[str, Any]] = {
    "recency": {"weights": "cubic"},
    "uniform": {"weights": "uniform"},
    "peer": {"recipe": "peer"},
    # the published rows were predicted with rounded parameters
    "reference": {"recipe": "reference", "rounded": True},
}
WORDS = ("default", "S0", "binary", "no_same_day", "preset", "deck", *SHORTHANDS)


@dataclass(frozen=True, slots=True)
class Contender:
    """A predictor in a benchmark.

    Attributes:
        label: What it is called in rows and tables.
        model: Name of a memory model, or of a baseline.
        how: "fit" on each fold; "default": published parameters; "initial": only initial stabilities fitted.
        buttons: 4 or 2.
        same_day: Whether same-day reviews stay in the history.
        partition: One parameter set a preset or deck, or None.
        options: Options of `repetita.fit`.
        given: Parameters to score as they are, instead of all that.
    """

    label: str
    model: str
    how: Start = "fit"
    buttons: Literal[2, 4] = 4
    same_day: bool = True
    partition: Partition | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    given: MemoryModel | None = None

    @property
    def baseline(self) -> bool:
        """Whether it is a predictor that knows nothing of memory."""
        return self.model in BASELINES

    @property
    def fitted(self) -> bool:
        """Whether anything is fitted."""
        if self.baseline or self.given is not None or self.how == "default":
            return False
        return declared(equations(self.model)).fitted


def known_names() -> tuple[str, ...]:
    """Names that a contender may begin with.

    Example:
        >>> "fsrs6" in known_names(), "average" in known_names()
        (True, True)
    """
    return (*model_names(), *BASELINES)


def contender(asked: str | MemoryModel) -> Contender:
    """The contender that a text or a model with parameters stands for.

    Raises:
        UnknownName: A model or an option that does not exist; the nearest one is suggested.
        UsageError: Options that do not go together.

    Example:
        >>> one = contender("fsrs6:recency,preset")
        >>> one.model, one.partition, one.options
        ('fsrs6', 'preset', {'weights': 'cubic'})
    """
    if isinstance(asked, MemoryModel):
        return Contender(f"{asked.name}:given", asked.name, given=asked)
    if not isinstance(asked, str):
        raise UsageError(f"cannot benchmark a {type(asked).__name__}: a name or a MemoryModel is expected")
    name, _, rest = (part.strip() for part in asked.partition(":"))
    if name not in BASELINES and not known_model(name):
        raise unknown_name("model", name, known_names())
    words = [word.strip() for word in rest.split(",") if word.strip()]
    if words and name in BASELINES:
        raise UsageError(f"{name} is a baseline and takes no options, got {rest!r}", where=asked)
    made: dict[str, Any] = {"options": {}}
    for word in words:
        _apply(word, made, asked)
    if made.get("how", "fit") != "fit" and made["options"].keys() - {"variant"}:
        word = {"initial": "S0"}.get(made["how"], made["how"])
        raise UsageError(f"{asked!r}: no search is made with {word}, so options of the fit do not fit")
    return Contender(":".join([name, ",".join(words)]) if words else name, name, **made)


def contenders(asked: str | MemoryModel | Sequence[str | MemoryModel]) -> tuple[Contender, ...]:
    """Several of them, each with a label of its own.

    Raises:
        UsageError: None, or one twice.
    """
    many = [asked] if isinstance(asked, str | MemoryModel) else list(asked)
    made = tuple(contender(one) for one in many)
    labels = [one.label for one in made]
    if not made or len(set(labels)) < len(labels):
        raise UsageError(
            f"the models to benchmark are {', '.join(labels) or 'none'}; expected different ones"
        )
    return made


def _apply(word: str, made: dict[str, Any], asked: str) -> None:
    if "=" in word:
        name, _, value = word.partition("=")
        if name not in FIT_OPTIONS:
            raise unknown_name("option of a fit", name, FIT_OPTIONS)
        made["options"][name] = _value(value)
    elif word in SHORTHANDS:
        made["options"] |= SHORTHANDS[word]
    elif word == "binary":
        made["buttons"] = 2
    elif word == "no_same_day":
        made["same_day"] = False
    elif word in ("preset", "deck"):
        made["partition"] = word
    elif word in ("default", "S0"):
        made["how"] = "initial" if word == "S0" else word
    else:
        raise unknown_name(f"option of {asked.partition(':')[0]}", word, WORDS)


def _value(text: str) -> Any:
    words = {"none": None, "false": False, "true": True}
    if text.lower() in words:
        return words[text.lower()]
    try:
        return float(text)
    except ValueError:
        return text
