"""Memory models: one file of scalar equations each, and the registry that finds them by name.

A model file holds the tables ``TITLE UNIT STATE STATE_UNITS PREDICTION_FLOOR SYMBOLS SOURCES OPTIONS
VARIANTS PARAMETERS PRIOR_BLOCKS MIGRATIONS`` and the functions ``prepare first recall after`` (``interval``
where it has a closed form, ``from_sm2`` where a state can be taken over from SM-2, or ``of_stability`` where
that takes a search). A model whose state is
the history has others: ``prepare features recall`` and the tables ``FEATURES FEATURE_TEXT``, or ``prepare
term memory combine`` and the number ``MOST_TERMS``. A network (`NETWORKS`) is trained by torch and has
``layout prepare start advance curve`` on flat lists beside ``first recall after``. What else a file may say
has a neutral default: see `Declared`. To add a model to the package: write the file, add its name to
`MODELS`, run ``python tools/derive.py``. A model that stays outside the package: `repetita.register_model`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Literal, NamedTuple

from repetita.equations.parameter import Parameter, PriorBlock
from repetita.errors import unknown_name

__all__ = [
    "BASELINES",
    "MODELS",
    "NETWORKS",
    "Declared",
    "Parameter",
    "PriorBlock",
    "as_they_are",
    "declared",
    "elsewhere",
    "equations",
    "known_model",
    "model_names",
    "options_of",
    "outside",
    "source_name",
]

MODELS = (
    "fsrs1",
    "fsrs2",
    "fsrs3",
    "fsrs4",
    "fsrs4_5",
    "fsrs5",
    "fsrs6",
    "fsrs7",
    "fsrs7_legacy35",
    "hlr",
    "dash",
    "dash_mcm",
    "dash_actr",
    "actr",
    "logistic_regression",
    "sm2_trainable",
    "anki_sm2",
    "sm2",
    "memrise",
    "ebisu2",
)
# trained by gradients of torch, not by derivatives of ours
NETWORKS = ("lstm", "gru", "gru_p")
# predictors that know nothing of memory; they have no equations, but no model may take their names
BASELINES = ("average", "moving_average", "rmse_bins_exploit", "constant")
# models from outside the package, by name; `repetita.registration` fills it in
outside: dict[str, ModuleType] = {}
# what may register a model of an unknown name, and says whether it did; filled in there, too
elsewhere: list[Callable[[str], bool]] = []


class Declared(NamedTuple):
    """What an equation file says beside its tables and functions, defaults filled in.

    Attributes:
        kind: ``KIND``: "recursive" (a state of fixed size), "features" or "pairs" (the history is the state),
            "network" (a state of fixed size that may hold any numbers).
        fitted: ``FITTED``: whether there are parameters to fit. A rule without any is neither differentiated
            nor compiled, so its functions may use everything Python has.
        ceiling: ``PREDICTION_CEILING``: highest probability in the loss; the lowest is the floor.
        project: ``project``: moves parameters that are in the box to where the model means something.
        closed_interval: Whether there is a function ``interval``; otherwise the curve is solved for it.
        steps: ``STEPS``: whether the curve has steps or may rise, so that an interval is searched for.
        may_be_zero: For each number of the state whether 0 is a value it can have (``MAY_BE_ZERO`` names
            them).
        anki_preset: ``ANKI_PRESET``: whether Anki takes the parameters in its deck options.
        same_day: ``same_day``: whether, with some parameters, the model learns from a review on the day of
            the one before, so that it may choose intervals within a day. Models of exact time always do.
    """

    kind: Literal["recursive", "features", "pairs", "network"]
    fitted: bool
    ceiling: float
    project: Callable[[Sequence[float]], Sequence[float]]
    closed_interval: bool
    steps: bool
    may_be_zero: tuple[bool, ...]
    anki_preset: bool
    same_day: Callable[[Sequence[float]], bool]


@cache
def declared(module: ModuleType) -> Declared:
    """What an equation module declares, with the neutral value of what it does not mention.

    Args:
        module: From `equations`.

    Example:
        >>> declared(equations("fsrs6")).fitted, declared(equations("fsrs6")).ceiling
        (True, 1.0)
    """
    counters = getattr(module, "MAY_BE_ZERO", ())
    return Declared(
        kind=getattr(module, "KIND", "recursive"),
        fitted=getattr(module, "FITTED", True),
        ceiling=getattr(module, "PREDICTION_CEILING", 1.0),
        project=getattr(module, "project", as_they_are),
        closed_interval=hasattr(module, "interval"),
        steps=getattr(module, "STEPS", False),
        may_be_zero=tuple(name in counters for name in module.STATE),
        anki_preset=getattr(module, "ANKI_PRESET", False),
        same_day=getattr(
            module, "same_day", _always if getattr(module, "UNIT", "days") == "fractional days" else _never
        ),
    )


def _always(values: Sequence[float]) -> bool:
    return True


def _never(values: Sequence[float]) -> bool:
    return False


def as_they_are(values: Sequence[float]) -> Sequence[float]:
    """The values: what ``project`` is where a model has no order among its parameters.

    Example:
        >>> as_they_are((2.0, 1.0))
        (2.0, 1.0)
    """
    return values


def model_names() -> tuple[str, ...]:
    """Names of all models: those of the package, then those registered in this process.

    Example:
        >>> model_names()[:2]
        ('fsrs1', 'fsrs2')
    """
    return (*MODELS, *NETWORKS, *outside)


def known_model(name: str) -> bool:
    """Whether there is a model of this name; one that an installed package announces is registered now.

    Only a name that no other model has is looked for among installed packages.

    Example:
        >>> known_model("fsrs6"), known_model("fsrs66")
        (True, False)
    """
    if name in model_names() or not isinstance(name, str):
        return name in model_names()
    return any(register(name) for register in elsewhere)


def source_name(name: str) -> str:
    """Name of the module of a model's equations, and of its derivatives; unique to their text.

    Args:
        name: One of `model_names`.

    Example:
        >>> source_name("fsrs6")
        'fsrs6'
    """
    return equations(name).__name__.rpartition(".")[2]


def equations(name: str) -> ModuleType:
    """The equation module of a model.

    Args:
        name: One of `model_names`.

    Raises:
        UnknownName: No model has this name; the nearest one is suggested.

    Example:
        >>> equations("fsrs6").TITLE
        'FSRS-6'
    """
    if not known_model(name):
        raise unknown_name("model", name, model_names())
    return outside[name] if name in outside else _imported(name)


@cache
def _imported(name: str) -> ModuleType:
    return import_module(f"repetita.equations.{name}")


def options_of(name: str, variant: str) -> tuple[float, ...]:
    """The options that a named variant of a model's equations stands for.

    Args:
        name: One of `model_names`.
        variant: One of the model's ``VARIANTS``.

    Raises:
        UnknownName: No such model or variant; the nearest one is suggested.

    Example:
        >>> options_of("fsrs6", "default")
        (0.001, 36500.0, 2.0)
    """
    variants: dict[str, tuple[float, ...]] = equations(name).VARIANTS
    if variant not in list(variants):  # a list takes what cannot be hashed, too
        raise unknown_name(f"variant of {name}", variant, variants)
    return variants[variant]
