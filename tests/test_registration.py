"""Models from outside the package: what they can do, where they travel, and what is refused at the door."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from repetita.benchmarking import benchmark
from repetita.equations import equations, hlr, model_names, source_name
from repetita.errors import InputError, InvalidEquations, UnknownName, UsageError
from repetita.evaluation import compare, evaluate
from repetita.fitting import fit
from repetita.fitting.prior import PopulationPrior
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.kernels.reference import loss_and_gradient_reference
from repetita.memory_model import MemoryModel, model
from repetita.online import OnlineFit
from repetita.registration import Registration, register_model, registrations
from repetita.reviews import ReviewLog, simulate_log

EXAMPLE = Path(__file__).parent.parent / "examples" / "new_model.py"
NAME = "power"

LEAST = """
from math import exp
from repetita.equations import Parameter

STATE = ("stability",)
PARAMETERS = (Parameter("start", 3.0, 0.1, 90.0, 1.0, "days", "stability at first"),)

def prepare(w, o):
    return ()

def first(w, c, o, rating):
    return (w[0],)

def recall(w, c, o, state, days):
    return exp(-0.1 * days / state[0])

def after(w, c, o, state, days, rating):
    return state
"""


@pytest.fixture(scope="module", autouse=True)
def registered():
    register_model(NAME, EXAMPLE)


@pytest.fixture(scope="module")
def log():
    return simulate_log(cards=120, days=150, seed=3)


def written(folder, text):
    path = folder / "equations.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_takes_fewer_than_forty_lines():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    begin, end = (
        lines.index('TITLE = "A power curve in three parameters"'),
        lines.index("def main() -> None:"),
    )
    assert end - begin < 40
    assert len(model(NAME).parameters) == 3


def test_it_has_states_intervals_and_a_name_like_any_other():
    ours = model(NAME)
    assert NAME in model_names()
    assert ours.state_names == ("stability",)
    state = ours.next_state(ours.initial_state(3), elapsed_days=2.0, rating=3)
    days = ours.interval(state, desired_retention=0.8)
    assert ours.retrievability(state, days) == pytest.approx(0.8, rel=1e-10)
    stabilities = np.array([1.0, 2.0])
    recalled = ours.retrievability((stabilities,), stabilities)
    assert recalled == pytest.approx([0.5**0.1] * 2)
    assert ours.interval((stabilities,), recalled) == pytest.approx(stabilities)
    with pytest.raises(UnknownName, match="did you mean 'power'"):
        model("powers")


def test_its_compiled_gradient_is_exact(log):
    """Against the plain equations, and against differences of the loss."""
    ours = model(NAME)
    objective = Objective(NAME, "default", pack(log, ours.equations.UNIT), log.scored.astype(float))
    loss, gradient = objective.value_and_gradient(ours.parameters)
    cards = np.split(np.arange(len(log)), log.offsets[1:-1])
    histories = [
        list(zip(log.elapsed_days[rows].tolist(), log.ratings[rows].tolist(), strict=True)) for rows in cards
    ]
    weights = [log.scored[rows].astype(float).tolist() for rows in cards]
    expected_loss, expected = loss_and_gradient_reference(ours, histories, weights)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    np.testing.assert_allclose(gradient, expected, rtol=1e-10)
    for place, value in enumerate(ours.parameters):
        moved = np.array(ours.parameters)
        moved[place] = value * (1.0 + 1e-6)
        more = objective.value(moved)
        moved[place] = value * (1.0 - 1e-6)
        assert gradient[place] == pytest.approx((more - objective.value(moved)) / (2e-6 * value), rel=1e-5)


def test_it_is_fitted_judged_and_learns_online(log):
    found = fit(log, NAME)
    assert found.log_loss < evaluate(log, model(NAME)).log_loss
    assert (np.array(found.std_errors) > 0.0).all()
    assert fit(log, NAME, recipe="reference").model.name == NAME
    judged = compare(log, NAME, model(NAME))
    assert judged.a.startswith("A power curve in three parameters")
    assert PopulationPrior.default(NAME).center.tolist() == list(model(NAME).parameters)
    online = OnlineFit(NAME)
    online.update(1, 0.0, 3)
    before = online.parameters
    online.update(1, 5.0, 1)
    assert online.parameters != before
    assert pickle.loads(pickle.dumps(online)).to_dict() == online.to_dict()


@pytest.mark.slow
def test_worker_processes_learn_of_it(tmp_path):
    logs = {seed: simulate_log(cards=60, days=150, seed=seed) for seed in (1, 2)}
    names = [NAME, f"{NAME}:default", model(NAME, [1.0, 1.0, 0.5])]
    ours = benchmark(logs, names, executor="serial")
    theirs = benchmark(logs, names, output=tmp_path / "run", executor="processes", workers=2)
    assert not theirs.failures
    assert [row["metrics"] for row in ours.rows] == [row["metrics"] for row in theirs.rows]
    assert theirs.config["equations.power"] == registrations([NAME])[0].digest


def test_pickles_take_the_equations_along(tmp_path):
    ours = model(NAME, [1.5, 2.5, 0.5])
    path = tmp_path / "model.pickle"
    path.write_bytes(pickle.dumps((registrations([NAME, NAME, "fsrs6"]), ours)))
    code = (
        "import pickle, sys\n"
        f"registered, m = pickle.loads(open({str(path)!r}, 'rb').read())\n"
        "print(len(registered), m.name, m.parameters, m.retrievability((2.0,), 2.0))\n"
        "assert not {'numpy', 'numba'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1 power (1.5, 2.5, 0.5) 0.7071067811865476"
    assert pickle.loads(pickle.dumps(ours)) == ours


def test_a_description_does_not_bring_equations_with_it():
    described = model(NAME).to_dict()
    assert MemoryModel.from_dict(described) == model(NAME)
    assert "text" not in str(described)


def test_the_same_again_changes_nothing_and_other_equations_are_refused(tmp_path):
    before = equations(NAME)
    register_model(NAME, str(EXAMPLE))
    assert equations(NAME) is before
    with pytest.raises(UsageError, match="other equations is registered already"):
        register_model(NAME, written(tmp_path, LEAST))
    assert equations(NAME) is before


def test_two_texts_never_share_machine_code(tmp_path):
    names = []
    for number in (1, 2):
        register_model(f"least_{number}", written(tmp_path, LEAST.replace("0.1 *", f"0.{number} *")))
        names.append(source_name(f"least_{number}"))
    one = ReviewLog.from_histories([[(0, 3), (3, 3)]])
    assert model("least_1").predict(one)[1] == pytest.approx(np.exp(-0.1))
    assert model("least_2").predict(one)[1] == pytest.approx(np.exp(-0.2))
    assert names[0].partition("least_1_")[2] != names[1].partition("least_2_")[2]
    assert all(len(name) > len("least_1_") for name in names)


def test_a_module_will_do(log):
    register_model("halves", hlr)
    assert model("halves").predict(log)[1:5] == pytest.approx(model("hlr").predict(log)[1:5], nan_ok=True)


def test_least_equations_get_neutral_tables(tmp_path):
    register_model("least", written(tmp_path, LEAST))
    module = equations("least")
    assert (module.TITLE, module.UNIT, module.OPTIONS) == ("least", "days", ())
    assert module.STATE_UNITS == ("1",)
    assert fit(simulate_log(cards=50, days=100, seed=1), "least").status in ("ok", "small_sample")


TAKEN = ("fsrs6", "lstm", "average", "defaults")


@pytest.mark.parametrize("name", [*TAKEN, "", "two words", "größe", "3d", None, 7])
def test_names_that_are_none_or_taken(name, tmp_path):
    with pytest.raises(UsageError, match=r"called|already"):
        register_model(name, written(tmp_path, LEAST))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("def recall", "def recal", "lack recall"),
        ("PARAMETERS =", "OTHERS =", "lack PARAMETERS"),
        ('STATE = ("stability",)', "", "lack STATE"),
        ("return exp(", "return (days ** ", "a power of a traced number"),
        ("return exp(", "return expp(", "NameError"),
        ("def first(w, c, o, rating)", "def first(w)", "cannot be traced: TypeError"),
        ("def prepare(w, o):", "def prepare(w, o:", "SyntaxError at line"),
        ("0.1, 90.0", "5.0, 90.0", "start of .* is 3.0 in"),
        ("PARAMETERS = (Parameter", "PARAMETERS = ((lambda *_: 1.0)", "must be a tuple"),
        ("from math import exp", "import no_such_module", "ModuleNotFoundError"),
        ("STATE =", 'KIND = "magic"\nSTATE =', "KIND of"),
        ("STATE =", 'UNIT = "weeks"\nSTATE =', "UNIT of"),
    ],
)
def test_what_is_wrong_with_equations_is_said_at_the_door(old, new, words, tmp_path):
    assert old in LEAST
    with pytest.raises(InvalidEquations, match=words):
        register_model("wrong", written(tmp_path, LEAST.replace(old, new)))
    assert "wrong" not in model_names()


def test_equations_that_are_not_there(tmp_path):
    with pytest.raises(InputError, match="no equations at"):
        register_model("missing", tmp_path / "missing.py")
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no equations at"):
        register_model("bytes", tmp_path / "bytes.py")
    with pytest.raises(UsageError, match="no source text"):
        register_model("builtin", sys)
    with pytest.raises(UsageError, match="expected a path or a module"):
        register_model("number", 5)


def test_a_registration_that_is_unpickled_registers():
    code = (
        "import pickle\nfrom repetita.registration import *\nfrom repetita.memory_model import model\n"
        f"pickle.loads({pickle.dumps(Registration('travelled', LEAST))!r})\n"
        "print(model('travelled').initial_state(3))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(3.0,)"
