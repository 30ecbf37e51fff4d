"""Fixtures that every test folder shares: golden figures, real data, and the collections behind some."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# One tree gives one answer: draws are fixed, so that a red run can be repeated and a green one means the same
# everywhere. Set REPETITA_EXPLORE=1 to look for new failures with random draws.
hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile("explore" if os.environ.get("REPETITA_EXPLORE") else "fixed")

HERE = Path(__file__).parent
BUNDLED = HERE / "golden"


@pytest.fixture(scope="session")
def golden() -> Callable[..., Any]:
    """Loads a golden file by name, or the part of it at some keys.

    The folder is tests/golden or REPETITA_GOLDEN. Another one than ours may lack files and parts: a test of
    what is not there, or empty, is skipped.
    """
    folder = Path(os.environ.get("REPETITA_GOLDEN", BUNDLED))

    @cache
    def content(name: str) -> Any:
        path = folder / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def load(name: str, *keys: str) -> Any:
        part = content(name)
        for key in keys:
            part = part.get(key) if part else None
        if not part:
            what = f"no {'.'.join((name, *keys))} among the golden figures of {folder}"
            pytest.fail(what) if folder == BUNDLED else pytest.skip(what)
        return part

    return load


@pytest.fixture(scope="session")
def golden_file() -> Callable[[str], Path]:
    """Finds a file that golden figures refer to, in the folder that `golden` reads."""
    folder = Path(os.environ.get("REPETITA_GOLDEN", BUNDLED))

    def find(name: str) -> Path:
        path = folder / name
        if not path.is_file():
            what = f"no {name} among the golden figures of {folder}"
            pytest.fail(what) if folder == BUNDLED else pytest.skip(what)
        return path

    return find


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real logs and collections (REPETITA_SHARED, default ../shared), or a skip."""
    folder = Path(os.environ.get("REPETITA_SHARED", HERE.parent.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("the shared data folder is not here; set REPETITA_SHARED")
    return folder / "data"


@pytest.fixture(scope="session")
def records(golden: Callable[..., Any]) -> Callable[[str], list[dict[str, Any]]]:
    """Finds what the official Anki package answered, by the kind of question."""

    def of(kind: str) -> list[dict[str, Any]]:
        found = [record for record in golden("anki_backend", "records") if record["kind"] == kind]
        if not found:
            pytest.skip(f"no records of {kind} among the golden figures")
        return found

    return of


@pytest.fixture(scope="session")
def collection(shared: Path) -> Callable[[str], Any]:
    """Reads the collection that a record speaks of, each once."""
    from repetita.reviews.anki import read_collection

    return cache(lambda name: read_collection(shared / "anki" / name))


@pytest.fixture(scope="session")
def asked() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Puts the clock, zone and search of a record into options of `read_anki`."""

    def options(record: dict[str, Any]) -> dict[str, Any]:
        search = record["input"]["search"]
        found: dict[str, Any] = {
            "zone": record["tz"],
            "now": record["now_ms"] / 1000,
            "ignore_before": record["input"].get("ignore_before") or None,
        }
        for name in ("preset", "deck"):
            if named := re.search(rf'{name}:(?:"([^"]*)"|(\S+))', search):
                found[name] = named[1] or named[2]
                search = search.replace(named[0], "")
        if "-is:suspended" in search:
            found["include_suspended"] = False
            search = search.replace("-is:suspended", "")
        assert not search.strip(), f"the search {search!r} is not understood"
        return found

    return options
