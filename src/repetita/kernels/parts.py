"""Functions that become part of the machine code of those that call them, and have none of their own.

Numba optimizes every function by itself and makes machine code of it, then does the same again for each
function that calls it, up to the entry point: what lies deep is compiled many times. Parts are handed to
their callers as they were written down, and the entry point is optimized once, with all that it calls.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler

from repetita.kernels.operations import RememberingContext

__all__ = ["EntryCompiler", "PartCompiler"]


class PartLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The code of a part: nothing is done with it but linking it into that of callers."""

    def _optimize_functions(self, ll_module: Any) -> None:
        super()._optimize_functions(ll_module)

    def _optimize_final_module(self) -> None:
        """Leaves the work to the entry point."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """None: there is no machine code."""
        self._ensure_finalized()
        return 0

    @property
    def codegen(self) -> Any:
        """What sets the environments of Python that a part does not have."""
        return Unset()


class Unset:
    """Takes environments and does nothing with them: no part raises an exception or calls Python."""

    def set_env(self, name: str, environment: Any) -> None:
        """Nothing."""


class EntryCompiler(Compiler):  # type: ignore[misc]
    """Numba's compiler, which remembers what operators give."""

    def define_pipelines(self) -> Any:
        """The usual passes."""
        self.state.typingctx = RememberingContext(self.state.typingctx)
        self.state.targetctx.typing_context = self.state.typingctx
        return super().define_pipelines()


class PartCompiler(EntryCompiler):
    """The same, which puts what it makes into a `PartLibrary`."""

    def define_pipelines(self) -> Any:
        """The usual passes."""
        if self.state.library is None:
            self.state.library = PartLibrary(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super().define_pipelines()
