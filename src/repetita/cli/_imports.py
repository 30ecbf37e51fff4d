"""Models from outside the package for one command: a file or a module that registers them is run first."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from runpy import run_path
from typing import Any

from repetita.errors import InputMissing, RepetitaError, UsageError

OPTION = "--import"
SUFFIX = ".py"
# a module of its own, so that what stands under `if __name__ == "__main__"` is left out
RUN_NAME = "repetita_import"
EQUATIONS = "PARAMETERS"


def import_models(source: str) -> None:
    """Run a file or import a module, so that the models that it registers have a name; returns nothing.

    What it prints goes to standard error. If it registers nothing but holds equations, these are registered
    under the name of the file or module.

    Args:
        source: Path of a Python file, or name of a module.

    Raises:
        InputMissing: No such file or module.
        UsageError: It is no Python, fails, or has no model.
    """
    from repetita.registration import heard, register_model

    path = Path(source)
    of_file = path.suffix == SUFFIX or path.is_file() or not all(map(str.isidentifier, source.split(".")))
    if of_file and not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise InputMissing(f"{OPTION}: {source!r} {what}, expected a Python file", where=source)
    with redirect_stdout(sys.stderr), heard() as names:
        found = _run(source, path) if of_file else _imported(source)
        if not names and EQUATIONS in found:
            register_model(path.stem if of_file else source.rpartition(".")[2], found["__file__"])
    if not names:
        raise UsageError(
            f"{OPTION}: {source} registers no model",
            hint=f"call repetita.register_model in it, or write equations with a table {EQUATIONS} there",
            where=source,
        )


def _run(source: str, path: Path) -> Mapping[str, Any]:
    try:
        return {**run_path(str(path), run_name=RUN_NAME), "__file__": str(path)}
    except RepetitaError:
        raise
    except (Exception, SystemExit) as error:
        raise _failed(source, error) from error


def _imported(source: str) -> Mapping[str, Any]:
    try:
        return vars(import_module(source))
    except RepetitaError:
        raise
    except (Exception, SystemExit) as error:
        if (
            isinstance(error, ModuleNotFoundError)
            and error.name
            and f"{source}.".startswith(f"{error.name}.")
        ):
            raise InputMissing(
                f"{OPTION}: there is no module {source}",
                hint=f"a file is given by its path, with {SUFFIX} at the end",
                where=source,
            ) from None
        raise _failed(source, error) from error


def _failed(source: str, error: BaseException) -> UsageError:
    if isinstance(error, SyntaxError):
        line = f" at line {error.lineno}" if error.lineno else ""
        return UsageError(f"{OPTION}: {source} is no Python{line}: {error.msg}", where=source)
    words = " ".join(str(error).split())
    return UsageError(f"{OPTION}: {source} fails: {type(error).__name__}: {words}", where=source)
