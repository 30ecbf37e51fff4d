"""`repetita --import`: models from a file or a module, for every command, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from repetita.reviews import simulate_log, write_reviews

EXAMPLE = Path(__file__).parents[2] / "examples" / "new_model.py"

CURVE = """
from math import exp
from repetita.equations import Parameter

STATE = ("stability",)
PARAMETERS = (Parameter("start", 3.0, 0.1, 90.0, 1.0, "days", "stability at first"),)

def prepare(w, o):
    return ()

def first(w, c, o, rating):
    return (w[0] * rating,)

def recall(w, c, o, state, days):
    return exp(-0.1 * days / state[0])

def after(w, c, o, state, days, rating):
    return (state[0] * rating,)
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "imported_curve.py"
    path.write_text(CURVE)
    return path


def test_a_file_of_equations_is_called_as_the_file_is(run_json, csv_log, file):
    code, document = run_json("--import", file, "fit", csv_log, "--model", "imported_curve")
    assert code == 0
    assert document["model"] == "imported_curve"
    # once more in one process, and twice in one call
    again = run_json("--import", file, "--import", file, "predict", csv_log, "--model", "imported_curve")
    assert again[0] == 0


def test_a_file_may_register_others(run, csv_log, file):
    path = file.with_name("of two.py")
    path.write_text(
        "from pathlib import Path\nimport repetita as rp\nprint('loud')\n"
        "rp.register_model('imported_curve', Path(__file__).with_name('imported_curve.py'))\n"
    )
    shown = run("--import", path, "predict", csv_log, "--model", "imported_curve", "--json")
    assert shown.exit_code == 0
    assert json.loads(shown.stdout)
    assert "loud" in shown.stderr


def test_workers_and_schedules_know_it(tmp_path):
    # in processes of their own: what is registered here must not help
    (tmp_path / "logs").mkdir()
    for user in (1, 2):
        write_reviews(simulate_log(cards=60, days=120, seed=user), tmp_path / "logs" / f"{user}.parquet")
    (tmp_path / "imported_curve.py").write_text(CURVE)

    def answer(*words):
        call = [sys.executable, "-m", "repetita", "--import", "imported_curve.py", *words, "--json"]
        done = subprocess.run(call, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    models = ("--models", "imported_curve:default,average", "--executor", "processes", "--workers", "2")
    assert answer("benchmark", "logs", *models)["results"] == 4
    told = answer("simulate", "--sched", "imported_curve", "--env", "fsrs6", *SHORT)
    assert told


SHORT = ("--deck", "50", "--days", "30")


def test_the_example_of_the_documentation(run, csv_log):
    shown = run("--import", EXAMPLE, "predict", csv_log, "--model", "new_model")
    assert shown.exit_code == 0


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (None, 4, "does not exist"),
        ("x = = 1", 2, "no Python at line 1"),
        ("1 / 0", 2, "fails: ZeroDivisionError"),
        ("raise SystemExit(0)", 2, "fails: SystemExit"),
        ("x = 1", 2, "registers no model"),
        ("PARAMETERS = ()", 2, "lack"),
        (f"{CURVE}import repetita\nrepetita.register_model('one', __file__)", 2, "cannot be run"),
        ("import no_such_module_here", 2, "fails: ModuleNotFoundError"),
        ("\0", 2, "hostile.py"),
        (b"\xff\xfe\x00", 2, "hostile.py"),
        (CURVE.replace("w[0] * rating", "open('x')"), 2, "hostile"),
    ],
)
def test_hostile_files(run, csv_log, tmp_path, content, code, words):
    path = tmp_path / "hostile.py"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    shown = run("--import", path, "fit", csv_log)
    assert shown.exit_code == code, shown.stderr
    assert words in shown.stderr
    assert shown.stdout == ""


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        ("no_such_module_here", 4, "there is no module"),
        ("json", 2, "registers no model"),
        ("", 4, "import"),
        ("..", 4, "import"),
        (".", 4, "import"),
        ("a..b", 4, "import"),
    ],
)
def test_names_that_are_no_modules_of_models(run, csv_log, source, code, words):
    shown = run("--import", source, "fit", csv_log)
    assert shown.exit_code == code, shown.stderr
    assert words in shown.stderr


def test_the_nearest_name_is_still_suggested(run, csv_log, file):
    shown = run("--import", file, "fit", csv_log, "--model", "imported_curv")
    assert shown.exit_code == 2
    assert "did you mean 'imported_curve'" in shown.stderr


def test_installed_packages_are_asked_for_unknown_names(run, csv_log, tmp_path, monkeypatch):
    (tmp_path / "installed_curve.py").write_text(CURVE)
    about = tmp_path / "installed_curve-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: installed-curve\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[repetita.models]\ninstalled = installed_curve\nbroken = installed_nothing\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert run("predict", csv_log, "--model", "installed").exit_code == 0
    assert run("compare", csv_log, "installed:defaults", "fsrs6:defaults").exit_code == 0
    shown = run("predict", csv_log, "--model", "broken")
    assert shown.exit_code == 2
    assert "cannot be imported from installed_nothing" in shown.stderr
    monkeypatch.setattr("importlib.metadata.entry_points", None)  # names that are known ask nobody
    assert run("predict", csv_log, "--model", "fsrs6").exit_code == 0
