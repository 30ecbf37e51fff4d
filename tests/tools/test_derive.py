"""Generated files are what the generator writes today, and the command says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import derive


def test_every_generated_file_is_up_to_date() -> None:
    for path, text in derive.generated().items():
        assert path.read_text(encoding="utf-8") == text, (
            f"run python tools/derive.py: {path.name} is out of date"
        )


def test_check_shows_the_difference_and_writing_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(derive, "ROOT", tmp_path)
    assert derive.main(["--check"]) == 1
    assert "+MODEL = " in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    assert derive.main([]) == 0
    assert "wrote docs/formulas/fsrs6.md" in capsys.readouterr().out
    assert derive.main(["--check"]) == 0
    written = tmp_path / "src" / "repetita" / "derivatives" / "fsrs6.py"
    written.write_text(written.read_text(encoding="utf-8").replace("KEPT = ", "KEPT = 1"), encoding="utf-8")
    assert derive.main(["--check"]) == 1
    shown = capsys.readouterr().out
    assert "-KEPT = 1" in shown
    assert "src/repetita/derivatives/fsrs6.py (generated)" in shown


def test_the_command_runs_by_itself() -> None:
    command = [sys.executable, str(Path(derive.__file__)), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize(
    "path", [path for path in derive.generated() if path.suffix == ".py"], ids=lambda p: p.name
)
def test_a_derivative_file_needs_nothing_but_math(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    allowed = ("from __future__ import", "from collections.abc import Sequence", "from math import")
    assert all(line.startswith(allowed) for line in imports)
    assert max(map(len, lines)) <= 110
