"""Every script in examples/ runs as it stands, and says what it promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


def run(script: Path, *args: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, str(script), *args], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_leaves_nothing_behind(script, tmp_path):
    assert run(script, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_fit_your_log_reads_a_file_and_writes_a_page(tmp_path):
    pytest.importorskip("matplotlib")
    from repetita.reviews import simulate_log, write_reviews

    script = next(path for path in EXAMPLES if path.stem == "fit_your_log")
    write_reviews(simulate_log(cards=120, days=150, seed=2), tmp_path / "log.csv")
    said = run(script, "log.csv", "page.html", cwd=tmp_path)
    assert "120 cards" in said
    assert "wrote page.html" in said
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_following_a_card_needs_the_standard_library_only(tmp_path):
    script = next(path for path in EXAMPLES if path.stem == "follow_one_card")
    code = (
        f"import runpy, sys; runpy.run_path({str(script)!r}, run_name='__main__')\n"
        "assert not {'numpy', 'numba', 'polars'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=tmp_path)


def test_a_model_of_one_s_own_is_fitted_benchmarked_and_scheduled(tmp_path):
    said = run(next(path for path in EXAMPLES if path.stem == "new_model"), cwd=tmp_path)
    assert "A power curve in three parameters fitted to" in said
    assert "power    0." in said
    dates = [line.split("next on ")[1] for line in said.splitlines() if "next on" in line]
    assert len(set(dates)) == 4
