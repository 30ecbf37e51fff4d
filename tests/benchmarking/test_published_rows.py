"""Rows of a foreign program: made by scalar equations and plain loops, confirmed by ours.

The rows that the public benchmark published cannot be recomputed here: its review logs are not at hand. What
is checked instead is the whole way from a row file in its schema to the verdict, on logs that are.
"""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from public_rule import data_set, folds, predictions, row, table_of

import repetita as rp
from repetita.benchmarking import benchmark, verify
from repetita.benchmarking.contenders import contender
from repetita.benchmarking.predictions import predicted
from repetita.benchmarking.protocol import prepare
from repetita.equations import MODELS, declared, equations
from repetita.evaluation import metrics

RULES = [name for name in MODELS if not declared(equations(name)).fitted]
USERS, REVIEWS = 2, 900


@pytest.fixture(scope="module")
def population():
    return rp.synthetic_population(USERS, seed=4, reviews=REVIEWS, days=200)


@pytest.fixture(scope="module")
def tables(population):
    """By user: all reviews, and the numbers of those of the data set."""
    made = {user.user: table_of(user.log) for user in population}
    return {user: (table, data_set(table)) for user, table in made.items()}


def by_number(log):
    """Row numbers of a log by the place of the review in time, from 1."""
    place = np.empty(len(log), dtype=np.int64)
    place[log.time_order] = np.arange(len(log)) + 1
    return place


@pytest.mark.parametrize("name", MODELS)
def test_predictions_of_both_engines(name, population):
    """What logs are predicted with, against one scalar call after the other."""
    # a day is 24 hours here: a scalar call cannot know where the learner's days end
    whole = population[0].log
    log = rp.ReviewLog.from_arrays(
        card_id=np.repeat(whole.card_ids, np.diff(whole.offsets)),
        rating=whole.ratings,
        elapsed_days=whole.elapsed("fractional days"),
        time_rank=by_number(whole),
    )
    memory = rp.model(name)
    theirs = predictions(memory, table_of(log), longest=10**6)
    ours = dict(zip(by_number(log).tolist(), memory.predict(log).tolist(), strict=True))
    numbers = sorted(theirs)
    assert len(numbers) == len(log) - log.cards
    np.testing.assert_allclose(
        [ours[n] for n in numbers], [theirs[n] for n in numbers], rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("name", [*RULES, "average"])
def test_rows_are_the_same_to_the_last_digits(name, population, tables):
    """Predictions at the test reviews and the figures of a row, before they are rounded."""
    for user in population:
        table, numbers = tables[user.user]
        prepared = prepare(user.log)
        values = predicted(prepared, contender(name)).values
        if name == "average":
            expected = [
                np.mean([table[n - 1][1] > 1 for n in train.tolist()])
                for train, test in folds(numbers)
                for _ in test
            ]
        else:
            found = predictions(rp.model(name), table)
            expected = [found[n] for _, test in folds(numbers) for n in test.tolist()]
        np.testing.assert_allclose(values, expected, rtol=1e-12)
        recalled = prepared.recalled[prepared.splits[0].test_start :]
        likely = np.where(recalled, expected, 1.0 - np.array(expected))
        eps = np.finfo(float).eps
        plain = -np.mean(np.log(np.clip(likely, eps, 1.0 - eps)))
        assert metrics.log_loss(values, recalled) == pytest.approx(plain, rel=1e-12)


@pytest.mark.parametrize("name", [*RULES, "fsrs6:default", "dash:default", "actr:default"])
def test_foreign_rows_of_untrained_models_are_confirmed(name, population, tables, tmp_path):
    model = rp.model(name.partition(":")[0])
    rows = [row(user, table, numbers, predictions(model, table)) for user, (table, numbers) in tables.items()]
    path = tmp_path / "published.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    found = verify(path, population, model=name, tolerance=2e-6)
    assert found.holds, found.to_dict()
    assert len(found.checks) == USERS
    assert {check.largest[0] for check in found.checks} <= set(rows[0]["metrics"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fsrs6", "fsrs4_5", "hlr"])
def test_foreign_rows_of_trained_models_are_confirmed(name, population, tables, tmp_path):
    """Trained by the published recipe, one fold after the other, from nothing but the table."""
    rows = []
    for user, (table, numbers) in tables.items():
        merged = {}
        cards, ratings, days, seconds = (np.array(column) for column in zip(*table, strict=True))
        for _, test in folds(numbers):
            before = slice(0, test[0] - 1)
            training = rp.ReviewLog.from_arrays(
                card_id=cards[before],
                rating=ratings[before],
                elapsed_days=np.maximum(days[before], 0),
                elapsed_seconds=np.maximum(seconds[before], 0.0),
                time_rank=np.arange(test[0] - 1),
            )
            kept = set(cards[np.array(numbers) - 1].tolist())
            there = np.array([card in kept for card in training.card_ids.tolist()])
            fitted = rp.fit(
                training.take_cards(there), name, recipe="reference", outliers=False, rounded=True
            )
            found = predictions(fitted.model, table)
            merged |= {number: found[number] for number in test.tolist()}
        shown = {"0": [round(value, 6) for value in fitted.parameters]}
        rows.append(row(user, table, numbers, merged, parameters=shown))
    path = tmp_path / f"{name}.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    found = verify(path, population, model=f"{name}:reference,outliers=false", tolerance=2e-6)
    assert found.holds, found.to_dict()
    # another recipe is another row
    assert not verify(path, population, model=f"{name}:default", tolerance=2e-6).holds


def test_sizes_by_seconds(population, tables):
    log = population[1].log
    numbers = data_set(tables[2][0], seconds=True)
    (ours,) = benchmark(log, "fsrs7:default", rows="seconds").rows
    found = predictions(rp.model("fsrs7"), tables[2][0])
    assert ours["size"] == 5 * (len(numbers) // 6)
    assert ours["size"] > benchmark(log, "fsrs7:default").rows[0]["size"]
    tested = [number for _, test in folds(numbers) for number in test.tolist()]
    p = np.array([found[n] for n in tested])
    y = np.array([tables[2][0][n - 1][1] > 1 for n in tested])
    assert ours["metrics"]["LogLoss"] == pytest.approx(-np.mean(np.log(np.where(y, p, 1.0 - p))), abs=1e-6)


@pytest.mark.realdata
def test_published_rows_are_read_and_asked_for_their_logs(shared):
    """The published tables as rows: their parameters are models here, their users are not at hand."""
    table = pl.read_parquet(shared / "users" / "fsrs6_sample_parameters.parquet")
    rows = [
        {
            "metrics": {"LogLoss": one["LogLoss"], "RMSE(bins)": one["RMSE(bins)"], "AUC": one["AUC"]},
            "user": one["user"],
            "size": one["size"],
            "parameters": {"0": [one[f"w{i}"] for i in range(21)]},
        }
        for one in table.to_dicts()
    ]
    assert all(len(rp.model("fsrs6", one["parameters"]["0"], clip=True).parameters) == 21 for one in rows)
    log = rp.simulate_log(cards=60, days=200, seed=1)
    checks = verify(rows[:2], {one["user"]: log for one in rows[:2]}, model="fsrs6:default").checks
    assert {check.reason for check in checks} == {"another number of reviews"}
