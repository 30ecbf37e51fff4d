"""`rp.fit` of a network: what it answers, what it refuses, how it is judged."""

from __future__ import annotations

import json

import numpy as np
import pytest

import repetita as rp
from repetita.benchmarking import prepare, verify
from repetita.equations import NETWORKS
from repetita.errors import MissingExtra, UnknownName, UsageError
from repetita.network_model import NetworkModel
from repetita.reviews.scoring import scoring_of_unit


@pytest.fixture(scope="module")
def log():
    return rp.simulate_log(cards=120, days=300, seed=9)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="training a network needs torch (extra neural)")


@pytest.mark.parametrize("name", NETWORKS)
def test_a_fit_of_a_network(torch, log, name):
    result = rp.fit(log, name)
    assert isinstance(result.model, NetworkModel)
    assert result.status == "full"
    assert result.log_loss_default == pytest.approx(_mean_loss(rp.model(name), log))
    assert result.log_loss == pytest.approx(_mean_loss(result.model, log))
    assert rp.fit(log, name, threads=1).model == result.model
    document = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert rp.MemoryModel.from_dict(document) == result.model
    assert "Trained as published" in result.summary()
    assert len(result.to_frame()) == len(result.parameters)
    assert result.options["training"]["epochs"] > 1


def _mean_loss(memory, log):
    log = log.scored_by(scoring_of_unit(memory.equations.UNIT))
    predicted, recalled = memory.predict(log)[log.scored], log.ratings[log.scored] > 1
    return -np.log(np.where(recalled, predicted, 1.0 - predicted)).mean()


def test_fine_tuning_learns_from_the_log(torch, log):
    for name in ("lstm", "gru", "gru_p"):
        result = rp.fit(log, name)
        assert result.log_loss < result.log_loss_default


def test_a_fit_begins_where_it_is_told(torch, log, golden_file):
    begin = rp.model("lstm", weights=golden_file("lstm_random.pth"))
    fitted = rp.fit(log, begin).model
    assert (fitted.variant, fitted.standardization) == (begin.variant, begin.standardization)
    assert fitted != begin
    again = rp.fit(log, "lstm", start=rp.model("lstm").parameters)
    assert again.model == rp.fit(log, "lstm").model


def test_options_that_training_has(torch, log):
    plain = rp.fit(log, "gru").model
    assert rp.fit(log, "gru", recipe="reference", prior="published").model == plain
    for options in ({"weights": "uniform"}, {"prior": None}, {"ratings": "binary"}, {"rows": "days"}):
        assert rp.fit(log, "gru", **options).model != plain
    rounded = rp.fit(log, "gru", rounded=True).model
    assert rounded.parameters == tuple(round(value, 6) for value in plain.parameters)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only": "decay"}, "has no option only"),
        ({"outliers": "peer"}, "has no option outliers"),
        ({"center": "initial-stability"}, "has no option center"),
        ({"small_sample": 3.0}, "has no option small_sample"),
        ({"prior": "population"}, "prior"),
        ({"seed": 2**31}, "seed"),
        ({"rows": "hours"}, "rows"),
    ],
)
def test_options_that_it_does_not_have(log, options, message):
    with pytest.raises(UsageError, match=message):
        rp.fit(log, "lstm", **options)
    with pytest.raises(UnknownName, match="recipe of gru"):
        rp.fit(log, "gru", recipe="peer")


def test_what_is_learned_from_follows_the_rows_asked_for(torch, log):
    exact, days = rp.fit(log, "gru"), rp.fit(log, "gru", rows="days")
    assert (exact.options["rows"], days.options["rows"]) == ("seconds", "days")
    assert exact.scored == np.count_nonzero(log.scored_by("seconds").scored) > days.scored
    assert days.scored == np.count_nonzero(log.scored)
    with pytest.raises(UsageError, match="whole days"):
        rp.fit(log, "gru_p", rows="seconds")


def test_without_torch_the_extra_is_named(log, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(MissingExtra, match=r'pip install "repetita\[neural\]"'):
        rp.fit(log, "lstm")


def test_nothing_to_learn(torch):
    empty = rp.fit(rp.ReviewLog.from_histories([[(0, 3)]]), "gru")
    assert empty.status == "no_scored_reviews"
    assert empty.model == rp.model("gru")
    assert "nothing to fit" in empty.summary()
    json.dumps(empty.to_dict(), allow_nan=False)


def test_a_benchmark_judges_networks_by_the_same_rule(torch, log):
    given = rp.fit(log, "gru").model
    result = rp.benchmark(log, ["gru", "gru:default", "gru_p", given, "fsrs6:default"], executor="serial")
    sizes = {row["model"]: row["size"] for row in result.rows}
    assert set(sizes.values()) == {prepare(log).tested.size}
    assert set(sizes) == {"gru", "gru:default", "gru_p", "gru:given", "fsrs6:default"}
    rows = {row["model"]: row for row in result.rows}
    assert "parameters" not in rows["gru"]
    assert "fold_parameters" not in rows["gru"]
    json.dumps(result.rows)
    assert verify([rows["gru"], rows["gru_p"]], log).holds


def test_a_run_on_disk_with_a_given_network_resumes(torch, log, tmp_path):
    one, other = rp.model("gru"), rp.fit(log, "gru").model
    for _ in range(2):
        result = rp.benchmark(log, [one], output=tmp_path / "run", executor="serial")
        assert len(result.rows) == 1
    with pytest.raises(UsageError):
        rp.benchmark(log, [other], output=tmp_path / "run", executor="serial")
    assert (tmp_path / "run" / "run.toml").stat().st_size < 5000


def test_evaluation_of_networks(torch, log, golden_file):
    held = rp.evaluate(log, "gru", folds=3)
    assert held.held_out
    assert np.isfinite(held.log_loss)
    read = rp.model("lstm", weights=golden_file("lstm_random.pth"))
    assert "The given LSTM parameters" in rp.evaluate(log, read).summary()
    assert rp.evaluate(log, rp.model("gru")).summary()


def test_what_networks_are_not_for(log):
    from repetita.fitting import loss_and_gradient, population_prior

    with pytest.raises(UsageError, match="network"):
        rp.OnlineFit("lstm")
    with pytest.raises(UsageError, match="network"):
        rp.PopulationPrior.default("gru")
    with pytest.raises(UsageError, match="network"):
        population_prior([[0.0] * 297] * 5, "gru_p")
    with pytest.raises(UsageError, match="network"):
        loss_and_gradient(log, "gru")
    with pytest.raises(UsageError):
        rp.fit(log, "fsrs6", prior=rp.PopulationPrior.default("hlr"))
    simulated = rp.simulate_log(model="gru", cards=20, days=60, seed=1)
    assert simulated.cards == 20
