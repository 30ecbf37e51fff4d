"""Frontiers of whole tables: closed cases, pairing, intervals, and what tables may not hold."""

from __future__ import annotations

import json
from statistics import fmean

import numpy as np
import polars as pl
import pytest
from sweep_tables import curve, population, row, table

import repetita as rp
from repetita.confidence import bootstrap_interval
from repetita.errors import InputError, InvalidColumns, UsageError
from repetita.sweeps import hypervolume, pareto, reference_point, versus
from repetita.sweeps.spread import bootstrap_draws


def two_lines(user=1, seed=1, scale=1.0):
    """The closed case: two points each, the candidate two minutes better."""
    settings = ((0.8, 100, 10), (0.9, 200, 20))
    rows = [row(user, "fsrs6", m * scale, t, desired_retention=r, seed=seed) for r, m, t in settings]
    return rows + [
        row(user, "fsrs7", m * scale, t - 2, desired_retention=r, seed=seed) for r, m, t in settings
    ]


def test_the_closed_case():
    (found,) = rp.pareto(table(*two_lines())).candidates
    assert found.figures["minutes_saved"].value == 2.0
    assert found.figures["minutes_saved_percent"].value == pytest.approx(100 * 2 / 15)
    assert found.coverage == {"memory": 100.0, "minutes": 80.0}
    assert found.targets == {"memory": (2.0, 2.0), "minutes": (1.0, 2.0)}
    assert (found.hypervolume_delta, found.wins, found.losses) == (210.0, 1, 0)
    assert found.verdict == "unknown"  # of one user and one seed nothing can be drawn


def test_sums_are_those_of_the_users():
    frame = population(15, 4)
    found = next(c for c in pareto(frame).candidates if c.line == "fsrs3")
    rows = frame.filter(pl.col("scheduler").is_in(["fsrs6", "fsrs3"])).to_dicts()
    each = []
    for user in range(1, 16):
        points = {
            name: [
                (r["memorized_average"], r["time_average"])
                for r in rows
                if r["user_id"] == user and r["scheduler"] == name
            ]
            for name in ("fsrs6", "fsrs3")
        }
        corner = reference_point(points["fsrs6"])
        areas = {name: hypervolume(p, corner) for name, p in points.items()}
        each.append(
            (areas["fsrs3"] - areas["fsrs6"], areas["fsrs6"], versus(points["fsrs6"], points["fsrs3"]))
        )
    deltas, bases, figures = zip(*each, strict=True)
    assert found.hypervolume_delta == pytest.approx(sum(deltas))
    pooled, mean = (found.figures[f"relative_hypervolume_{name}"] for name in ("pooled", "mean"))
    assert pooled.value == pytest.approx(sum(deltas) / sum(bases))
    assert mean.value == pytest.approx(fmean(d / b for d, b in zip(deltas, bases, strict=True)))
    saved = [f.minutes_saved for f in figures if f.minutes_saved == f.minutes_saved]
    assert found.figures["minutes_saved"].value == pytest.approx(fmean(saved))
    assert found.figures["minutes_saved"].users == len(saved) > 10
    covered, total = (sum(getattr(f, f"memory_{name}") for f in figures) for name in ("covered", "total"))
    assert found.coverage["memory"] == pytest.approx(100 * covered / total)
    assert found.hypervolume_delta_five.minimum == pytest.approx(min(deltas))
    assert found.wins == sum(d > 0 for d in deltas)
    assert found.margins["0.05"] == pytest.approx(pooled.value)
    assert pooled.low < pooled.value < pooled.high


def test_a_clear_difference_is_one_and_the_other_way_round():
    random = np.random.default_rng(8)
    rows = []
    for user in range(12):
        ours = curve(random, user, "fsrs6")
        rows += ours + [{**r, "scheduler": "fsrs7", "time_average": 0.9 * r["time_average"]} for r in ours]
    (found,) = pareto(table(*rows)).candidates
    assert found.verdict == "better"
    (back,) = pareto(table(*rows), baseline="fsrs7").candidates
    assert back.verdict == "worse"
    assert back.figures["minutes_saved"].value == pytest.approx(-found.figures["minutes_saved"].value)


def test_the_same_scheduler_on_other_luck_is_a_tie():
    """A hundred comparisons of 24 users: false winners are no more than one expects of 95 %."""
    winners = 0
    for repetition in range(100):
        random = np.random.default_rng(repetition)
        rows = []
        for user in range(24):
            base = curve(random, user, "fsrs6")
            for seed in (1, 2):
                rows += [
                    {
                        **r,
                        "seed": seed,
                        "memorized_average": r["memorized_average"] * random.normal(1.0, 0.0003),
                        "time_average": r["time_average"] * random.normal(1.0, 0.01),
                    }
                    for r in base
                ]
        found = pareto(table(*rows), compare=["seed"], baseline="fsrs6 seed 1", replicates=200)
        winners += found.candidates[0].verdict != "tie"
    # 11 or more of 100 have a probability of 1 % where each has 5 %
    assert winners <= 10


def test_seeds_are_paired_and_averaged():
    frame = table(*two_lines(seed=1), *two_lines(seed=2, scale=1.1))
    found = pareto(frame)
    assert found.users["seed"].to_list() == [1, 2]
    assert found.points["seeds"].to_list() == [2, 2, 2, 2]
    assert found.points["memorized"].to_list() == pytest.approx([105.0, 210.0] * 2)
    assert found.candidates[0].users == 1
    assert found.candidates[0].figures["minutes_saved"].low == pytest.approx(2.0)
    assert not found.notes


def test_other_seeds_are_compared_by_means_and_said_to_be_noisier():
    rows = [{**r, "seed": 7} if r["scheduler"] == "fsrs7" else r for r in two_lines()]
    found = pareto(table(*rows))
    assert found.candidates[0].figures["minutes_saved"].value == 2.0
    assert found.users["seed"].to_list() == [None]
    assert any("different seeds" in text for text in found.notes)


def test_a_dominated_setting_changes_nothing():
    plain = pareto(table(*two_lines())).candidates[0]
    worse = pareto(table(*two_lines(), row(1, "fsrs7", 90, 19, desired_retention=0.7))).candidates[0]
    assert worse.figures == plain.figures
    assert worse.hypervolume_delta == plain.hypervolume_delta


def test_the_order_of_rows_means_nothing():
    frame = population(8, 1)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3)
    assert pareto(frame).to_dict() == pareto(shuffled).to_dict()


def test_users_of_one_side_only_are_counted():
    frame = table(*two_lines(1), *two_lines(2), *(r for r in two_lines(3) if r["scheduler"] == "fsrs6"))
    (found,) = pareto(frame).candidates
    assert (found.users, found.dropped_users) == (2, 1)
    lonely = table(*(r for r in two_lines(1) if r["scheduler"] == "fsrs6"), *two_lines(2)[2:])
    assert pareto(lonely).candidates == ()
    assert any("no user in common" in text for text in pareto(lonely).notes)


def test_axes_without_what_is_known_anyway():
    more = {
        "review_memory_gain_average": 0.0,
        "review_time_average": 0.0,
        "no_review_memorized_average": 50.0,
    }
    rows = [
        r | more | {"review_memory_gain_average": r["memorized_average"] - 50.0, "review_time_average": t}
        for r in two_lines()
        for t in [r["time_average"] - 4.0]
    ]
    found = pareto(table(*rows), axes="gain")
    assert found.points["memorized"].to_list() == [50.0, 150.0] * 2
    assert found.points["minutes"].to_list() == [6.0, 16.0, 4.0, 14.0]
    assert found.candidates[0].figures["minutes_saved_percent"].value == pytest.approx(100 * 2 / 11)
    assert not found.notes
    rows[0]["no_review_memorized_average"] = 51.0
    assert any("introduced cards on other days" in text for text in pareto(table(*rows), axes="gain").notes)


def test_a_run_of_one_day_knows_what_is_remembered_without_reviews():
    from repetita.simulation.counterfactual import without_reviews

    run = rp.simulate(days=1, deck=7, seed=1)
    shares, _ = run.first_curve
    assert without_reviews(run).no_review.tolist() == [7 * (1.0 - shares[0])]
    assert without_reviews(run).review_gain.tolist() == [0.0]


def test_runs_of_the_simulator_share_what_is_remembered_without_reviews():
    short = {"days": 90, "deck": 300, "seed": 3}
    runs = [rp.simulate(desired_retention=r, **short) for r in (0.75, 0.85, 0.92)]
    runs += [rp.simulate(scheduler=f"fixed@{days}", **short) for days in (4, 12)]
    found = pareto(runs, axes="gain")
    assert not found.notes
    assert found.candidates[0].line == "fixed"
    assert [r["title"] for r in found.records()][:2] == ["Ivl=4", "Ivl=12"]


def test_records_have_the_keys_of_the_ecosystem():
    found = pareto(table(*two_lines(), row(1, "anki_sm2", 150, 30), row(1, "memrise", 150, 20)))
    titles = [(r["title"], r["scheduler"], r["memorized_per_minute"]) for r in found.records()]
    assert ("DR=80%", "fsrs6", 10.0) in titles
    assert ("Anki-SM-2", "anki_sm2", 5.0) in titles
    assert {"reviews_average", "avg_accum_memorized_per_hour", "fixed_interval", "engine"} <= set(
        found.records()[0]
    )
    json.dumps(found.to_dict(), allow_nan=False)


def test_an_engine_is_taken_once_and_the_batched_one_first():
    rows = two_lines()
    rows += [{**r, "engine": "batched", "time_average": r["time_average"] * 2} for r in rows]
    found = pareto(table(*rows))
    assert found.points["minutes"].to_list() == [20.0, 40.0, 16.0, 36.0]
    assert any("4 runs left out" in text for text in found.notes)
    overlaid = pareto(table(*rows), compare=["engine"], baseline="fsrs6 event")
    assert len(overlaid.candidates) == 3


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_runs_without_a_figure_are_left_out_and_counted(value):
    rows = two_lines()
    rows.append(row(1, "fsrs7", value, 5.0, desired_retention=0.7))
    rows.append(row(1, "fsrs7", 50.0, 0.0, desired_retention=0.6))
    found = pareto(table(*rows))
    assert found.points.height == 4
    assert any("2 runs left out" in text for text in found.notes)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"days": 30}, {}, "differ in days: 30, 365"),
        ({"deck_size": 30}, {}, "differ in deck_size"),
        ({"fuzz": True}, {}, "differ in fuzz"),
        ({"short_term": True, "short_term_source": "steps"}, {}, "differ in short_term"),
        ({}, {"baseline": "fsrs5"}, "unknown baseline among these results 'fsrs5'"),
        ({}, {"environments": ["lstm"]}, "unknown environment in these results"),
        ({}, {"axes": "totl"}, "did you mean 'total'"),
        ({}, {"compare": ["fuz"]}, "did you mean 'fuzz'"),
        ({}, {"replicates": 0}, "replicates is 0"),
        ({}, {"margin": -1.0}, "margin is -1.0"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, options, message):
    rows = two_lines()
    rows[0] = {"short_term_source": None, **rows[0], **change}
    with pytest.raises(UsageError, match=message):
        pareto(table(*rows), **options)


def test_nothing_left_is_said():
    with pytest.raises(InputError, match="no results are left"):
        pareto(table(*two_lines()), users=(5, 9))
    with pytest.raises(InvalidColumns, match="no column 'time_average'"):
        pareto(table(*two_lines()).drop("time_average"))
    with pytest.raises(InvalidColumns, match="'memorized_average' of the table holds String"):
        pareto(table(*two_lines()).with_columns(pl.col("memorized_average").cast(pl.String)))
    with pytest.raises(UsageError, match="results are int"):
        pareto(3)


def test_ranges_choose_users_and_retentions_and_keep_points_without_one():
    frame = table(*(r for user in (1, 2, 3) for r in two_lines(user)), row(2, "memrise", 100, 10))
    found = pareto(frame, users=(2, None), retentions=(None, 0.85))
    assert found.points.select("user_id", "label").rows() == [(2, "DR=80%"), (3, "DR=80%")] * 2 + [
        (2, "Memrise")
    ]


def test_many_users_are_no_other_matter():
    rows = [r for user in range(1000) for r in two_lines(user)]
    (found,) = pareto(table(*rows), replicates=20).candidates
    assert (found.users, found.wins) == (1000, 1000)
    assert found.figures["minutes_saved"].value == pytest.approx(2.0)


def test_a_scheduler_with_one_point_is_judged_at_its_memory():
    """Memrise lies a tenth below everyone's curve of fsrs6, and dominates less area all the same."""
    random, rows, saved = np.random.default_rng(4), [], []
    for user in range(12):
        ours = curve(random, user, "fsrs6")
        rows += ours
        front = [(r["memorized_average"], r["time_average"]) for r in ours]
        memory = front[1][0] + 0.4 * (front[2][0] - front[1][0])
        level = front[1][1] + 0.4 * (front[2][1] - front[1][1])
        share = random.uniform(0.08, 0.12)
        rows.append(row(user, "memrise", memory, (1.0 - share) * level))
        saved.append(100.0 * share)
    rows += curve(random, 12, "fsrs6")
    rows.append(row(12, "memrise", 1e6, 1.0))  # beyond the curve: no equal memory
    (found,) = pareto(table(*rows)).candidates
    assert (found.judged_by, found.verdict) == ("equal memory", "better")
    assert found.judgement == "better at equal memory"
    assert found.figures["minutes_saved_percent"].value == pytest.approx(fmean(saved))
    assert (found.figures["minutes_saved_percent"].users, found.users) == (12, 13)
    assert (found.wins, found.losses) == (12, 0)
    assert found.hypervolume_delta is None
    assert found.hypervolume_delta_five is None
    assert found.figures["relative_hypervolume_mean"].value is None
    assert set(found.margins.values()) == {None}
    (back,) = pareto(table(*rows), baseline="memrise").candidates
    assert (back.judged_by, back.verdict, back.losses) == ("equal memory", "worse", 12)
    json.dumps(pareto(table(*rows)).to_dict(), allow_nan=False)


def test_a_point_on_everyones_curve_is_a_tie():
    random, rows = np.random.default_rng(6), []
    for user in range(12):
        rows += curve(random, user, "fsrs6")
        middle = rows[-2]
        noise = random.normal(1.0, 0.02)
        rows.append(row(user, "memrise", middle["memorized_average"], noise * middle["time_average"]))
    (found,) = pareto(table(*rows)).candidates
    assert (found.judged_by, found.verdict) == ("equal memory", "tie")


def test_one_point_each_cannot_be_judged():
    (found,) = pareto(table(row(1, "fsrs6", 100, 10), row(1, "memrise", 120, 10))).candidates
    assert (found.judged_by, found.verdict) == ("equal memory", "unknown")
    assert found.hypervolume_delta is None
    assert found.figures["minutes_saved"].value is None
    assert found.figures["minutes_saved"].users == 0
    assert found.coverage == {"memory": None, "minutes": None}


def drawn(values, seeds, replicates):
    """Means of drawn users of the means of their drawn seeds, written out plainly."""
    draws = bootstrap_draws(seeds, replicates=replicates, seed=3)
    most = max(seeds)
    found = []
    for draw in draws:
        users = [[values[place // most][place % most] for place in user if place >= 0] for user in draw]
        found.append(fmean(fmean(user) for user in users))
    return np.array(found)


@pytest.mark.parametrize("seeds", [[1, 1, 1, 1, 1], [2, 3, 1, 2], [4]])
def test_mean_points_have_the_intervals_of_plain_draws(seeds):
    random = np.random.default_rng(8)
    values = [random.normal(100.0, 9.0, size=count).tolist() for count in seeds]
    rows = [
        row(user, "fsrs6", value, 2.0 + value / 50.0, desired_retention=0.9, seed=seed)
        for user, own in enumerate(values)
        for seed, value in enumerate(own)
    ]
    (point,) = pareto(table(*rows), replicates=150, seed=3).means.to_dicts()
    assert point["memorized"] == pytest.approx(fmean(map(fmean, values)))
    assert point["minutes"] == pytest.approx(2.0 + point["memorized"] / 50.0)
    units = len(seeds) if len(seeds) > 1 else seeds[0]
    ends = bootstrap_interval(point["memorized"], drawn(values, seeds, 150), units)
    assert (point["memorized_low"], point["memorized_high"]) == pytest.approx(ends)
    assert point["minutes_low"] == pytest.approx(2.0 + ends[0] / 50.0)


def test_mean_points_are_of_settings_that_all_users_have():
    rows = [row(user, "memrise", 10.0 * user, 1.0) for user in (1, 2, 3)]
    rows.append(row(1, "anki_sm2", 5.0, 1.0))
    means = pareto(table(*rows), replicates=10).means
    assert means["line"].to_list() == ["memrise"]
    assert (means["users"][0], means["memorized"][0], means["frontier"][0]) == (3, 20.0, True)
    alone = pareto(table(rows[0], row(2, "anki_sm2", 5.0, 1.0)), replicates=10).means
    assert alone["line"].to_list() == ["anki_sm2", "memrise"], "no setting is that of all, so all are kept"
    (single,) = pareto(table(rows[0]), replicates=10).means.to_dicts()
    assert single["memorized_low"] is None
