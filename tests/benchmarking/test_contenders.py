"""Everything that can be asked for by name: baselines, variants, options of the fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import repetita as rp
from repetita.benchmarking import benchmark, contender, prepare
from repetita.benchmarking.contenders import WORDS
from repetita.benchmarking.predictions import predicted
from repetita.equations import BASELINES, MODELS
from repetita.errors import UnknownName, UsageError
from repetita.reviews import simulate_log


@pytest.fixture(scope="module")
def log():
    """Reviews of two decks and three presets."""
    simulated = simulate_log(cards=90, days=200, seed=8)
    numbers = simulated.card_ids.astype(np.int64)
    return replace(simulated, deck_ids=numbers % 2 + 1, preset_ids=numbers % 3 + 11)


def test_every_word_is_an_option_of_fsrs6(log):
    asked = [f"fsrs6:{word}" for word in WORDS]
    result = benchmark(log, ["fsrs6", *asked], executor="serial")
    assert result.failures == ()
    losses = {row["model"]: row["metrics"]["LogLoss"] for row in result.rows}
    assert set(losses) == {"fsrs6", *asked}
    assert len(set(losses.values())) == len(losses)
    by_name = {row["model"]: row for row in result.rows}
    assert set(by_name["fsrs6:preset"]["parameters"]) == {"11", "12", "13"}
    assert set(by_name["fsrs6:deck"]["parameters"]) == {"1", "2"}
    initial = by_name["fsrs6:S0"]["parameters"]
    assert initial[4:] == list(rp.model().parameters[4:])
    assert initial[:4] != list(rp.model().parameters[:4])


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_is_there_by_name(log, name):
    (row,) = benchmark(log, name).rows
    assert "parameters" not in row
    assert row["size"] == benchmark(log, "sm2").rows[0]["size"]


def test_the_cheat_wins_by_bins_only(log):
    rows = benchmark(log, ["rmse_bins_exploit", "fsrs6"], executor="serial").rows
    cheat, honest = (
        next(row["metrics"] for row in rows if row["model"] == name)
        for name in ("rmse_bins_exploit", "fsrs6")
    )
    assert cheat["RMSE(bins)"] < honest["RMSE(bins)"]
    assert cheat["LogLoss"] > honest["LogLoss"]


def test_exchanged_buttons_are_a_variant(log):
    rows = benchmark(log, ["anki_sm2:default", "anki_sm2:default,variant=good_easy_exchanged"]).rows
    assert rows[0]["metrics"]["LogLoss"] != rows[1]["metrics"]["LogLoss"]
    with pytest.raises(UnknownName, match="did you mean 'good_easy_exchanged'"):
        rp.model("anki_sm2", variant="good_easy_exchange")


@pytest.mark.parametrize("how", ["default", "S0"])
def test_variants_without_a_fit(log, how):
    prepared = prepare(log)
    made = predicted(prepared, contender(f"fsrs6:{how},variant=same_day_floor_good"))
    assert {fitted.variant for fold in made.models for fitted in fold.values()} == {"same_day_floor_good"}


def test_every_model_is_there_by_name(log):
    result = benchmark(log, [f"{name}:default" for name in MODELS], executor="serial")
    assert result.failures == ()
    assert len(result.rows) == len(MODELS)


def test_what_does_not_go_together():
    with pytest.raises(UsageError, match="takes no options"):
        contender("constant:binary")
    with pytest.raises(UsageError, match="no search is made with S0"):
        contender("fsrs6:S0,recency")
    with pytest.raises(UnknownName, match="did you mean 'weights'"):
        contender("fsrs6:weight=3")
