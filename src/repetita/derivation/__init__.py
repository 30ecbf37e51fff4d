"""From an equation file to its derivatives: tracing, joining, differentiating, printing.

* `graph`: nodes that exist once each, and the algebra that builds simplified ones
* `tracer`: runs a plain Python function once a branch path with recording numbers
* `joining`: makes one straight-line graph of all paths; shares calls that no path needs together
* `reverse`: derivatives as nodes of the same graph
* `printer`: scalar Python functions from graphs
* `module`: what the derivative file of a model holds; `histories`: that of a model of whole histories
"""

from __future__ import annotations

from types import ModuleType

from repetita.derivation.histories import history_module
from repetita.derivation.module import derivative_module
from repetita.equations import declared

__all__ = ["derivative_text"]


def derivative_text(name: str, equations: ModuleType) -> str:
    """The text of the derivative module of a model.

    Args:
        name: Model name.
        equations: Its equation module.

    Raises:
        InvalidEquations: The equations use an operation that cannot be recorded, or branch too often.

    Example:
        >>> from repetita.equations import hlr
        >>> "def tangent(" in derivative_text("hlr", hlr)
        True
    """
    write = derivative_module if declared(equations).kind == "recursive" else history_module
    return write(name, equations)
