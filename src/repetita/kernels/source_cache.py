"""Rendered kernel text and its machine code on disk, so that a kernel is compiled once a machine.

    <base>/kernels-<digest>/fsrs6_gradient.py             the rendered text
    <base>/kernels-<digest>/__pycache__/*.nbi, *.nbc      machine code, written by Numba

The digest covers every kernel, equation and derivative source, the tracer, the versions of Python, Numba and
NumPy, the processor and Numba's own settings: Numba itself would not notice a change in a function that a
kernel calls. Equations from outside the package are part of the names of their modules, by a hash.
``<base>`` is the environment variable REPETITA_CACHE, else the platform's cache folder, else (read-only home)
a private temporary folder. Damaged files are thrown away and made again; without a writable disk everything
is compiled in memory.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import sys
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

from repetita.kernels.interruption import interruption_kept

VARIABLE = "REPETITA_CACHE"
SOURCES = ("kernels", "equations", "derivation", "derivatives")

_lock = RLock()
_entries: dict[tuple[str, str], Callable[..., Any]] = {}
# what was run already: functions of one text then find each other compiled
_modules: dict[tuple[str, str], ModuleType] = {}


def entry(name: str, text: str, function: str) -> Callable[..., Any]:
    """A compiled function of a rendered module, from disk where it is there already.

    Args:
        name: Name of the module: letters, digits, underscores.
        text: Its whole text. It defines ``SIGNATURES``: function name to Numba signature.
        function: The function wanted. It accepts exactly the types of its signature.
    """
    with _lock:
        if (name, function) not in _entries:
            _entries[name, function] = _load(name, text, function)
        return _entries[name, function]


def entry_point(name: str, text: str, function: str) -> Callable[..., Any]:
    """As `entry`, without a check of the arguments' types: the only way to give it compiled functions.

    They are arguments of a function type, which Numba would not take for those of the signature.
    """
    (compiled,) = entry(name, text, function).overloads.values()  # type: ignore[attr-defined]
    return compiled.entry_point  # type: ignore[no-any-return]


class Pointer:
    """A compiled function as an argument of an `entry_point`, its address looked up once.

    Attributes:
        function: The function, which must live as long as its address is used.
        address: Where its machine code is.
    """

    def __init__(self, function: Any) -> None:
        self.function = function
        (compiled,) = function.overloads.values()
        self.address = int(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_cfunc_wrapper_name))

    def __wrapper_address__(self) -> int:
        """What Numba asks of such an argument."""
        return self.address


def compilation_error() -> type[Exception]:
    """What `entry` raises for a text that a compiler does not understand."""
    from numba.core.errors import NumbaError

    return NumbaError


def _load(name: str, text: str, function: str) -> Callable[..., Any]:
    from numba.core.errors import NumbaError

    for attempt in (_known, _from_disk, _from_clean_disk):
        try:
            module = _modules[name, text] = attempt(name, text)
            return _compiled(module, function)
        except NumbaError:
            raise
        except Exception:
            # whatever a damaged file made the unpickler do, or a disk that is full
            continue
    return _compiled(_from_memory(name, text), function)


def _known(name: str, text: str) -> ModuleType:
    return _modules[name, text]


def _compiled(module: ModuleType, function: str) -> Callable[..., Any]:
    from numba.core.errors import NumbaExperimentalFeatureWarning

    found = getattr(module, function)
    with interruption_kept(), warnings.catch_warnings():
        # functions as arguments are called an experiment; tests hold what is needed of it
        warnings.simplefilter("ignore", NumbaExperimentalFeatureWarning)
        found.compile(module.SIGNATURES[function])
    # an argument of another type is then an error, not another compilation
    found.disable_compile()
    return found  # type: ignore[no-any-return]


def _from_disk(name: str, text: str) -> ModuleType:
    path = folder() / f"{name}.py"
    if not path.is_file() or path.read_bytes() != text.encode():
        _write(path, text)
    # Numba finds the module again by this name when it unpickles machine code
    qualified = f"repetita_kernels_{digest()}_{name}"
    spec = importlib.util.spec_from_file_location(qualified, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[qualified] = module
    spec.loader.exec_module(module)
    return module


def _from_clean_disk(name: str, text: str) -> ModuleType:
    for damaged in (*folder().glob(f"{name}.py"), *folder().glob(f"__pycache__/{name}.*")):
        with suppress(OSError):
            damaged.unlink()
    return _from_disk(name, text)


def _from_memory(name: str, text: str) -> ModuleType:
    from repetita.kernels import compiling

    module = ModuleType(f"repetita_kernels_memory_{name}")
    sys.modules[module.__name__] = module
    compiling.keep_on_disk = False
    try:
        exec(compile(text, f"<{module.__name__}>", "exec"), vars(module))
    finally:
        compiling.keep_on_disk = True
    return module


def _write(path: Path, text: str) -> None:
    """Writes a file so that another process sees the old or the new one, never half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise


@cache
def digest() -> str:
    """Short hash of everything that machine code depends on."""
    from llvmlite import binding

    hashed = hashlib.sha256()
    for package in SOURCES:
        root = Path(str(files(f"repetita.{package}")))
        for path in sorted((*root.glob("*.py"), *root.glob("templates/*.txt"))):
            hashed.update(f"{package}/{path.name}".encode() + b"\0" + path.read_bytes() + b"\0")
    settings = sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_"))
    about = (
        platform.python_version(),
        version("numba"),
        version("numpy"),
        binding.get_host_cpu_name(),
        settings,
    )
    hashed.update(repr(about).encode())
    return hashed.hexdigest()[:16]


@cache
def folder() -> Path:
    """The folder for rendered text and machine code; it exists and can be written to."""
    for base in (os.environ.get(VARIABLE), _platform_folder()):
        if base:
            path = Path(base).expanduser() / f"kernels-{digest()}"
            if _usable(path):
                return path
    return _temporary_folder() / f"kernels-{digest()}"


def _platform_folder() -> str:
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA", home), "repetita", "cache")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "repetita")
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"), "repetita")


def _temporary_folder() -> Path:
    """A folder that only this user can write to, the same in the next process where possible."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    path = Path(tempfile.gettempdir()) / f"repetita-{user}"
    with suppress(OSError):
        path.mkdir(mode=0o700, exist_ok=True)
        status = path.lstat()
        private = path.is_dir() and not path.is_symlink() and not status.st_mode & 0o022
        # machine code from a folder that others can write to would be theirs to choose
        if private and status.st_uid == user and _usable(path / f"kernels-{digest()}"):
            return path
    return Path(tempfile.mkdtemp(prefix="repetita-"))


def _usable(path: Path) -> bool:
    try:
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError:
        return False
    return True
