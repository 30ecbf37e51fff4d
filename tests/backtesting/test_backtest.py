"""Forecasts from the past: what they know, what they say, what they refuse, and whether their bands hold."""

from __future__ import annotations

import json

import numpy as np
import pytest

import repetita as rp
from repetita.backtesting import backtest, review_intervals
from repetita.backtesting.daily import METRICS, daily, sessions_of
from repetita.backtesting.draws import drawn_models
from repetita.backtesting.habits import habits_of
from repetita.backtesting.past import cut, estimated_retention, scheduled
from repetita.backtesting.result import LEVEL, Forecast
from repetita.backtesting.waiting import waiting, waiting_shares
from repetita.errors import InputError, NoReviews, UnknownName, UsageError
from repetita.reviews import simulate_log
from repetita.reviews.anki.reading import read_collection
from repetita.reviews.learner import Learner
from repetita.simulation.start import days_of_log

STEADY = Learner(reviews_per_card=(200, 200.0, 200), overdue=0.0, interval_noise=0.05)


@pytest.fixture(scope="module")
def log():
    return simulate_log(cards=240, days=160, seed=4, learner=STEADY)


@pytest.fixture(scope="module")
def found(log):
    return backtest(log, days=30, runs=12, seed=3)


def test_the_truth_is_what_the_log_says(log, found):
    days = days_of_log(log)
    begin = days.max() - 29
    sessions = {(card, day) for card, day in zip(log.card_index.tolist(), days.tolist(), strict=True)}
    first = dict(zip(log.card_index[log.first], days[log.first], strict=True))
    reviews = [day - begin for card, day in sessions if day >= begin and day > first[card]]
    assert found.truth.reviews.tolist() == np.bincount(reviews, minlength=30).tolist()
    assert found.truth.new_cards.sum() == sum(day >= begin for day in first.values())
    later = days >= begin
    assert found.truth.seconds.sum() == pytest.approx(log.durations_ms[later].sum() / 1000.0)


def test_nothing_after_the_cut_is_known(log):
    days = days_of_log(log)
    changed = np.where(days > days.max() - 30, 1, log.ratings)
    other = rp.ReviewLog.from_arrays(
        card_id=log.card_ids[log.card_index],
        rating=changed,
        review_time_ms=log.review_times_ms,
        duration_ms=log.durations_ms,
        day_rule=log.day_rule,
    )
    one, two = backtest(log, days=30, runs=2), backtest(other, days=30, runs=2)
    assert one.forecast.reviews.tolist() == two.forecast.reviews.tolist()
    assert one.forecast.passed.tolist() == two.forecast.passed.tolist()
    assert one.truth.passed.sum() > two.truth.passed.sum() == 0


def test_a_seed_gives_the_same_forecast(log, found):
    again = backtest(log, days=30, runs=12, seed=3)
    assert again.to_dict() == found.to_dict()
    assert (
        backtest(log, days=30, runs=12, seed=4).forecast.reviews.tolist() != found.forecast.reviews.tolist()
    )


def test_bands_are_quantiles_of_the_runs(found):
    reviews = found.totals()[0]
    runs = found.forecast.reviews.sum(axis=1)
    ends = np.quantile(runs, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="weibull")
    assert (reviews.low, reviews.high) == tuple(ends)
    assert found.totals()[3].middle == np.median(found.forecast.passed.sum(axis=1) / runs)
    assert sum(week[0].actual for week in found.weeks()) == found.truth.reviews.sum()


def test_a_steady_person_is_foreseen(found):
    reviews, new_cards, minutes, retention = found.totals()
    assert new_cards.inside
    assert reviews.middle == pytest.approx(reviews.actual, rel=0.15)
    assert minutes.middle == pytest.approx(minutes.actual, rel=0.2)
    assert retention.middle == pytest.approx(retention.actual, abs=0.04)


def test_days_as_they_came_are_not_forecast(log):
    found = backtest(log, days=30, runs=2, habits="actual")
    assert found.metrics == ("reviews", "minutes", "retention")
    assert (found.forecast.new_cards == found.truth.new_cards).all()
    studied = (found.truth.reviews + found.truth.new_cards) > 0
    assert not found.forecast.reviews[:, ~studied].any()


def test_all_forms_agree(found):
    document = json.loads(json.dumps(found.to_dict()))
    frame = found.to_frame()
    assert frame.height == 30
    assert frame["reviews_actual"].sum() == document["totals"][0]["actual"]
    for forecast in found.totals():
        assert forecast.sentence() in found.summary()
    assert [entry["metric"] for entry in document["totals"]] == list(METRICS)
    assert found.notes()[-1] in found.summary()


@pytest.mark.parametrize(
    ("actual", "word", "inside"), [(120.0, "inside", True), (90.0, "below", False), (141.0, "above", False)]
)
def test_sentences_say_where_the_truth_lies(actual, word, inside):
    forecast = Forecast("reviews", 100.0, 120.0, 140.0, actual)
    assert forecast.inside is inside
    assert f", {word} the band" in forecast.sentence()


def test_unknown_truths_are_said_to_be():
    assert Forecast("minutes", 1.0, 2.0, 3.0, np.nan).inside is None
    assert "not known" in Forecast("minutes", 1.0, 2.0, 3.0, np.nan).sentence()


def test_a_log_without_durations_compares_no_minutes(log):
    bare = rp.ReviewLog.from_arrays(
        card_id=log.card_ids[log.card_index],
        rating=log.ratings,
        review_time_ms=log.review_times_ms,
        day_rule=log.day_rule,
    )
    found = backtest(bare, days=20, runs=2)
    assert found.totals()[2].inside is None
    assert any("no durations" in note for note in found.notes())


def test_the_desired_retention_is_found():
    for aim in (0.8, 0.9):
        learner = Learner(desired_retention=aim, overdue=0.0)
        log = simulate_log(cards=300, days=200, seed=2, learner=learner)
        past = cut(log, 30, None)
        assert estimated_retention(past, rp.fit(past.log).model) == pytest.approx(aim, abs=0.03)


def test_waiting_shares_level_off_at_what_never_comes():
    random = np.random.default_rng(0)
    lasting = random.random(4000) < 0.2
    passed = random.geometric(0.5, 4000) - 1
    shares = waiting_shares(np.where(lasting, 40, passed), ~lasting)
    assert shares[-1] == pytest.approx(0.2, abs=0.02)
    assert (np.diff(shares) <= 0).all()


def test_abandoned_cards_are_seen():
    log = simulate_log(cards=600, days=240, seed=5)
    past = cut(log, 60, None)
    model = rp.fit(past.log).model
    waited = waiting(past, scheduled(past, model, 0.9))
    came = np.isin(
        past.log.card_ids, log.card_ids[log.card_index[days_of_log(log) > days_of_log(log).max() - 60]]
    )
    assert waited.dropped > 0.03
    assert (waited.gone > 0.9).sum() > 50
    assert came[waited.gone > 0.9].mean() < 0.1 < came[waited.gone < 0.1].mean()


def test_drawn_days_keep_their_weekday():
    log = simulate_log(cards=200, days=120, seed=1)
    past = cut(log, 30, None)
    waited = waiting(past, scheduled(past, rp.model("fsrs6"), 0.9))
    habits = habits_of(past, waited)
    drawn = habits._drawn_days(60, np.random.default_rng(0))
    assert ((len(habits.attended) - drawn + np.arange(60)) % 7 == 0).all()
    assert drawn.min() >= 0


def test_drawn_parameters_are_as_likely_as_a_posterior_says(log):
    fitted = rp.fit(log)
    scored = log.scored
    passed = log.ratings[scored] > 1

    def losses(model):
        recalled = model.predict(log)[scored]
        return -np.log(np.where(passed, recalled, 1.0 - recalled)).sum(), recalled.mean()

    drawn = drawn_models(fitted, log, 40, np.random.default_rng(1))
    best, recall = losses(fitted.model)
    found = np.array([losses(model) for model in drawn])
    # a parameter that the reviews decide about costs half a nat on average, others less
    assert 0.0 < found[:, 0].mean() - best < 0.5 * len(fitted.parameters)
    assert found[:, 1].mean() == pytest.approx(recall, abs=0.01)
    assert len({model.parameters for model in drawn}) == 40
    table = fitted.model.parameter_table
    assert all(p.low <= x <= p.high for m in drawn for p, x in zip(table, m.parameters, strict=True))


def test_missing_durations_count_as_the_mean():
    log = rp.ReviewLog.from_arrays(
        card_id=[1, 2], rating=[3, 3], review_time_ms=[0, 1000], duration_ms=[4000.0, np.nan]
    )
    assert daily(sessions_of(log, np.zeros(2, dtype=np.int64)), 0, 1).seconds.tolist() == [8.0]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"days": 0}, UsageError, "days is 0"),
        ({"days": 150}, UsageError, "at most 14[5-6] days can be forecast"),
        ({"days": 3000}, UsageError, "at least 14 days before"),
        ({"runs": 1}, UsageError, "runs is 1"),
        ({"seed": -1}, UsageError, "seed"),
        ({"habits": "pst"}, UnknownName, "did you mean 'past'"),
        ({"model": "fsrs66"}, UnknownName, "fsrs6"),
        ({"model": rp.model("fsrs6")}, UsageError, "the name of one"),
        ({"scheduler": "fsrs66"}, UnknownName, "fsrs6"),
        ({"desired_retention": 1.5}, UsageError, "1.5"),
        ({"intervals": np.ones(3)}, UsageError, "one a review"),
        ({"wights": 1}, UsageError, "weights"),
    ],
)
def test_what_is_refused(log, options, error, words):
    with pytest.raises(error, match=words):
        backtest(log, **{"days": 30, "runs": 2} | options)


def test_logs_that_are_refused():
    with pytest.raises(InputError, match="no review times"):
        backtest(rp.ReviewLog.from_histories([[(0, 3), (60, 3)]]))
    with pytest.raises(NoReviews):
        backtest(rp.ReviewLog.from_arrays(card_id=[], rating=[], review_time_ms=[]))
    with pytest.raises(UsageError, match="ReviewLog"):
        backtest(7)
    day = 86_400_000
    once = rp.ReviewLog.from_arrays(
        card_id=[*range(40)], rating=[3] * 40, review_time_ms=[i * day for i in range(40)]
    )
    with pytest.raises(NoReviews, match="can be learned from"):
        backtest(once, days=10)


@pytest.mark.realdata
@pytest.mark.parametrize(("days", "habits"), [(90, "past"), (90, "actual"), (60, "actual"), (30, "actual")])
def test_on_a_real_table(shared, days, habits):
    found = backtest(shared / "reviews" / "josh.parquet", days=days, habits=habits, runs=20)
    assert not found.known_intervals
    assert found.truth.reviews.sum() == {90: 6135, 60: 5464, 30: 3507}[days]
    reviews, minutes, retention = (found.totals()[place] for place in (0, -2, -1))
    if habits == "actual":  # the person began to study daily, which no habit before foretold
        assert reviews.inside
        assert minutes.inside
        assert retention.middle == pytest.approx(retention.actual, abs=0.05)
        if days < 90:  # 126 cards are known at that cut, 295 and 632 at the others
            assert reviews.middle == pytest.approx(reviews.actual, rel=0.1)
    else:
        assert not reviews.inside


@pytest.mark.realdata
@pytest.mark.parametrize(
    "name", ["real_log.colpkg", "mixed_collection.anki2", "mixed.apkg", "real_log_legacy.apkg"]
)
def test_on_anki_collections(shared, name):
    collection = read_collection(shared / "anki" / name)
    found = backtest(collection, days=60, runs=4)
    assert found.known_intervals
    assert not any("does not say when cards were due" in note for note in found.notes())
    assert found.truth.reviews.sum() > 400
    assert found.forecast.reviews.shape == (4, 60)


@pytest.mark.realdata
def test_intervals_are_those_of_the_rows(shared):
    collection = read_collection(shared / "anki" / "mixed_collection.anki2")
    log = rp.read_reviews(shared / "anki" / "mixed_collection.anki2")
    by_id = dict(zip(collection.revlog.id.tolist(), collection.revlog.interval.tolist(), strict=True))
    expected = [max(by_id[review], 0) for review in log.review_ids.tolist()]
    assert review_intervals(collection, log).tolist() == expected
