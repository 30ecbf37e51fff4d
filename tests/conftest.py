"""Fixtures that every test folder shares: where golden figures and real data lie."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def golden() -> Callable[[str], Any]:
    """Loads a golden file by name; the folder is tests/golden or REPETITA_GOLDEN."""
    folder = Path(os.environ.get("REPETITA_GOLDEN", HERE / "golden"))

    def load(name: str) -> Any:
        path = folder / f"{name}.json"
        if not path.is_file():
            pytest.skip(f"no {path.name} among the golden files")
        return json.loads(path.read_text(encoding="utf-8"))

    return load


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real logs and collections (REPETITA_SHARED, default ../shared), or a skip."""
    folder = Path(os.environ.get("REPETITA_SHARED", HERE.parent.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("the shared data folder is not here; set REPETITA_SHARED")
    return folder / "data"
