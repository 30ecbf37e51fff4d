"""What a run was made with: versions, processor, and a digest of the code."""

from __future__ import annotations

import hashlib
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

__all__ = ["environment"]

PACKAGES = ("repetita", "numpy", "numba", "polars")


def environment() -> dict[str, Any]:
    """Versions, processor and digest of the code, JSON-safe.

    Example:
        >>> sorted(environment())
        ['code', 'cores', 'packages', 'platform', 'processor', 'python']
    """
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "packages": {name: _version(name) for name in PACKAGES},
        "code": _digest(),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()


@cache
def _digest() -> str:
    """Short hash of every source file of the package."""
    root = Path(str(files("repetita")))
    hashed = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        hashed.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()[:16]
