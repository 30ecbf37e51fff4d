"""Models from outside the package: equations read from a file, differentiated at the door.

A registered model is one like any other in this process: it is fitted with exact gradients, compiled, judged
and benchmarked. To another process it travels as its text: what is pickled with it registers it there.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from inspect import getsource
from math import isfinite
from pathlib import Path
from types import ModuleType
from typing import Any

from repetita.equations import BASELINES, MODELS, NETWORKS, Parameter, declared, elsewhere, outside
from repetita.errors import InputError, InvalidEquations, RepetitaError, UsageError

__all__ = ["Registration", "heard", "register_installed", "register_model", "registrations"]

GROUP = "repetita.models"

# what most models of one's own have no use for
NEUTRAL: dict[str, Any] = {
    "UNIT": "days",
    "STATE": (),
    "PREDICTION_FLOOR": 1e-15,
    "SYMBOLS": {},
    "SOURCES": (),
    "OPTIONS": (),
    "VARIANTS": {"default": ()},
    "PRIOR_BLOCKS": (),
    "MIGRATIONS": {},
}
FUNCTIONS = {
    "recursive": ("prepare", "first", "recall", "after"),
    "features": ("prepare", "features", "recall"),
    "pairs": ("prepare", "term", "memory", "combine"),
}
TABLES = {"recursive": ("STATE",), "features": ("FEATURES",), "pairs": ("MOST_TERMS",)}
UNITS = ("days", "fractional days")


@dataclass(frozen=True, slots=True)
class Registration:
    """A registered model as it travels: where it is unpickled, the model is registered.

    Attributes:
        name: Name of the model.
        text: Its equations.
    """

    name: str
    text: str

    @property
    def digest(self) -> str:
        """Short hash of the text."""
        return sha256(self.text.encode()).hexdigest()[:12]

    def __reduce__(self) -> tuple[Any, ...]:
        return (_registered, (self.name, self.text))


_registrations: dict[str, Registration] = {}
_listeners: list[set[str]] = []


def register_model(name: str, source: str | os.PathLike[str] | ModuleType) -> None:
    """Makes the equations of a file a memory model of this process; returns nothing.

    From then on the name works wherever a model's name does. The file is like one of `repetita.equations`,
    but may leave out tables that say nothing; its equations are differentiated now. Registering the same
    text again changes nothing.

    Args:
        name: What the model is to be called: a Python name that no model or baseline has.
        source: Path of a Python file with the equations, or the module that it was imported as. It is run
            once more, so what a script does stands under ``if __name__ == "__main__"``.

    Raises:
        UsageError: A name that is none, or taken.
        InputError: The file cannot be read.
        InvalidEquations: A part is missing, the text is no Python, or it uses an operation that cannot be
            differentiated.

    Example:
        >>> from repetita.equations import hlr
        >>> register_model("half_lives", hlr)
        >>> from repetita.memory_model import model
        >>> round(model("half_lives").retrievability((4.0, 1.0), 30.0), 4)
        0.852
    """
    _register(_checked_name(name), _text_of(source))


def register_installed(name: str) -> bool:
    """Whether an installed package announces a model of this name, which is then registered.

    A package does so by an entry point of the group ``repetita.models``: the name, and the module that holds
    the equations.

    Args:
        name: Any text.

    Raises:
        UsageError: Two packages announce the name, or what is announced cannot be imported.

    Example:
        >>> register_installed("no such model")
        False
    """
    from importlib.metadata import entry_points

    found = {entry.value: entry for entry in entry_points(group=GROUP) if entry.name == name}
    if not found or name in outside:
        return name in outside
    if len(found) > 1:
        raise UsageError(f"{len(found)} installed models are called {name!r}: {', '.join(sorted(found))}")
    ((place, entry),) = found.items()
    try:
        module = entry.load()
    except RepetitaError:
        raise
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        raise UsageError(f"the installed model {name!r} cannot be imported from {place}: {words}") from error
    if name not in outside:  # a module may have registered itself
        register_model(name, module)
    return True


elsewhere.append(register_installed)


@contextmanager
def heard() -> Iterator[set[str]]:
    """Names that are registered inside the ``with`` block, those that were so before included.

    Example:
        >>> from repetita.equations import hlr
        >>> with heard() as names:
        ...     register_model("half_lives", hlr)
        >>> names
        {'half_lives'}
    """
    names: set[str] = set()
    _listeners.append(names)
    try:
        yield names
    finally:
        _listeners.remove(names)


def registrations(names: Iterable[str]) -> tuple[Registration, ...]:
    """What must travel with models of these names; nothing for those of the package.

    Example:
        >>> registrations(["fsrs6"])
        ()
    """
    return tuple(_registrations[name] for name in dict.fromkeys(names) if name in _registrations)


def _registered(name: str, text: str) -> Registration:
    """A registration that came from another process."""
    _register(name, text)
    return _registrations[name]


def _register(name: str, text: str) -> None:
    for names in _listeners:
        names.add(name)
    known = _registrations.get(name)
    if known is not None:
        if known.text != text:
            raise UsageError(
                f"a model {name!r} with other equations is registered already",
                hint="give the changed one another name, or start a new process",
            )
        return
    made = Registration(name, text)
    key = f"{name}_{made.digest}"
    module = _run(f"repetita.equations.{key}", text)
    _complete(name, module)
    if declared(module).fitted:
        _run(f"repetita.derivatives.{key}", _derivatives(name, module))
    outside[name] = module
    _registrations[name] = made


def _derivatives(name: str, module: ModuleType) -> str:
    from repetita.derivation import derivative_text

    try:
        return derivative_text(name, module)
    except RepetitaError:
        raise
    except Exception as error:  # whatever a function with too few arguments or results may raise
        words = f"{type(error).__name__}: {error}"
        raise InvalidEquations(f"the equations of {name} cannot be traced: {words}") from error


def _run(qualified: str, text: str) -> ModuleType:
    """A module made of a text, which `inspect` and tracebacks find again."""
    module = ModuleType(qualified)
    module.__file__ = f"<{qualified}>"
    # without a time, an entry is kept though there is no such file
    linecache.cache[module.__file__] = (len(text), None, text.splitlines(keepends=True), module.__file__)
    sys.modules[qualified] = module
    try:
        exec(compile(text, module.__file__, "exec", dont_inherit=True), vars(module))
    except Exception as error:
        del sys.modules[qualified]
        line = f" at line {error.lineno}" if isinstance(error, SyntaxError) else ""
        words = error.msg if isinstance(error, SyntaxError) else error
        raise InvalidEquations(
            f"the equations cannot be run: {type(error).__name__}{line}: {words}",
            hint='what a script does stands under if __name__ == "__main__"',
        ) from error
    return module


def _complete(name: str, module: ModuleType) -> None:
    """Checks the parts of an equation module, and fills in the neutral ones."""
    kind = getattr(module, "KIND", "recursive")
    if kind not in FUNCTIONS:
        raise InvalidEquations(f"KIND of {name} is {kind!r}, expected one of {', '.join(FUNCTIONS)}")
    for table, value in {"TITLE": name, **NEUTRAL}.items():
        if not hasattr(module, table) and table not in TABLES[kind]:
            setattr(module, table, value)
    missing = [part for part in (*TABLES[kind], "PARAMETERS", *FUNCTIONS[kind]) if not hasattr(module, part)]
    if missing:
        raise InvalidEquations(
            f"the equations of {name} lack {', '.join(missing)}",
            hint="docs/how-to/add-a-model.md lists the parts of a model",
        )
    if not hasattr(module, "STATE_UNITS"):
        vars(module)["STATE_UNITS"] = ("1",) * len(module.STATE)
    for part in FUNCTIONS[kind]:
        if not isinstance(getattr(module, part), Callable):  # type: ignore[arg-type]
            raise InvalidEquations(f"{part} of {name} is no function")
    if module.UNIT not in UNITS:
        raise InvalidEquations(f"UNIT of {name} is {module.UNIT!r}, expected one of {', '.join(UNITS)}")
    _check_table(name, module.PARAMETERS)


def _check_table(name: str, table: Sequence[Parameter]) -> None:
    if not all(isinstance(entry, Parameter) for entry in table):
        raise InvalidEquations(f"PARAMETERS of {name} must be a tuple of repetita.equations.Parameter")
    names = [entry.name for entry in table]
    if len(set(names)) < len(names):
        raise InvalidEquations(f"two parameters of {name} have one name: {', '.join(names)}")
    for entry in table:
        inside = entry.low <= entry.default <= entry.high and isfinite(entry.default)
        if not inside or (entry.scale == "log" and entry.low <= 0.0):
            raise InvalidEquations(
                f"parameter {entry.name} of {name} is {entry.default} in [{entry.low}, {entry.high}] on a "
                f"{entry.scale} scale: a default inside bounds is expected, above 0 for a logarithm"
            )


def _checked_name(name: str) -> str:
    if not (isinstance(name, str) and name.isidentifier() and name.isascii()):
        raise UsageError(f"a model cannot be called {name!r}: letters, digits and _ are expected")
    if name in (*MODELS, *NETWORKS, *BASELINES, "defaults"):
        raise UsageError(f"{name!r} is the name of something else already; choose another one")
    return name


def _text_of(source: str | os.PathLike[str] | ModuleType) -> str:
    if isinstance(source, ModuleType):
        try:
            return getsource(source)
        except (OSError, TypeError):
            raise UsageError(f"the module {source.__name__} has no source text; give a path") from None
    if not isinstance(source, str | os.PathLike):
        raise UsageError(f"the equations are a {type(source).__name__}, expected a path or a module")
    path = Path(source)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise InputError(f"no equations at {path}: {words}", where=str(path)) from None
