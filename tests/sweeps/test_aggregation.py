"""Aggregates against a second implementation, the closed cases, and tables that cannot be aggregated."""

from __future__ import annotations

from statistics import fmean, median, quantiles

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest, sem, t
from sweep_tables import curve, population, row, table

from repetita.errors import InputError, UsageError
from repetita.sweeps import aggregate, dominance


def slow_equivalence(frame: pl.DataFrame, target: str, baseline: str, interpolate: str):
    """Retention, ratio and difference of each user, written out plainly."""
    found = {}
    rows = frame.to_dicts()
    for user in sorted({r["user_id"] for r in rows}):
        mine = [r for r in rows if r["user_id"] == user]
        (base,) = (r for r in mine if r["scheduler"] == baseline)
        points = sorted((r for r in mine if r["scheduler"] == target), key=lambda r: r["desired_retention"])
        wanted = base["memorized_average"]
        upper = [i for i, r in enumerate(points) if r["memorized_average"] >= wanted]
        if not upper or upper[0] == 0:
            continue
        a, b = points[upper[0] - 1], points[upper[0]]
        t = (wanted - a["memorized_average"]) / (b["memorized_average"] - a["memorized_average"])

        def mixed(name, a=a, b=b, t=t):
            return (1 - t) * a[name] + t * b[name]

        ours = wanted / mixed("time_average")
        if interpolate == "efficiency":
            ours = (1 - t) * a["memorized_average"] / a["time_average"]
            ours += t * b["memorized_average"] / b["time_average"]
        theirs = wanted / base["time_average"]
        found[user] = (mixed("desired_retention"), ours / theirs, ours - theirs)
    return found


def slow_fenced_mean(values):
    low, _, high = quantiles(values, n=4, method="inclusive")
    reach = 1.5 * (high - low)
    return fmean(v for v in values if low - reach <= v <= high + reach)


@pytest.mark.parametrize("interpolate", ["time", "efficiency"])
@pytest.mark.parametrize("seed", range(5))
def test_equivalence_is_that_of_a_second_implementation(interpolate, seed):
    frame = population(40, seed)
    found = aggregate(frame, interpolate=interpolate, fences=True)
    assert [e.baseline for e in found.equivalences] == ["anki_sm2", "memrise"]
    for equal in found.equivalences:
        slow = slow_equivalence(frame, "fsrs6", equal.baseline, interpolate)
        assert {m.user_id for m in equal.matches} == set(slow)
        assert equal.users == len(slow) > 20
        assert equal.dropped == {"out_of_range": 40 - len(slow), "several_points": 0, "not_monotone": 0}
        for m in equal.matches:
            assert (m.desired_retention, m.ratio, m.difference) == pytest.approx(slow[m.user_id], rel=1e-12)
        retentions, ratios, differences = (list(column) for column in zip(*slow.values(), strict=True))
        assert equal.superiority == sum(d > 0 for d in differences) / len(slow)
        share = binomtest(sum(d > 0 for d in differences), len(slow)).proportion_ci(method="wilson")
        assert equal.superiority_interval == pytest.approx((share.low, share.high))
        assert equal.ratio.mean == pytest.approx(slow_fenced_mean(ratios))
        assert equal.ratio_interval[0] < equal.ratio.mean < equal.ratio_interval[1]
        assert equal.ratio.median == pytest.approx(median(ratios))
        low, _, high = quantiles(ratios, n=4, method="inclusive")
        assert (equal.ratio.lower, equal.ratio.upper) == pytest.approx((low, high))
        assert equal.desired_retention.mean == pytest.approx(slow_fenced_mean(retentions))


def test_time_is_interpolated_and_then_divided():
    points = [
        row(1, "fsrs6", 100, 10, desired_retention=0.8),
        row(1, "fsrs6", 200, 30, desired_retention=0.9),
    ]
    frame = table(*points, row(1, "memrise", 150, 25))
    ours = aggregate(frame).equivalences[0].matches[0]
    assert (ours.minutes, ours.ratio, ours.desired_retention) == (20.0, 1.25, pytest.approx(0.85))
    theirs = aggregate(frame, interpolate="efficiency").equivalences[0].matches[0]
    assert theirs.ratio == pytest.approx((10 + 200 / 30) / 2 / 6)


def test_the_interval_of_a_ratio_is_one_of_its_mean():
    """Student's interval at least, and little more; none of a single user."""
    found = aggregate(population(30, 2)).equivalences[0]
    ratios = [m.ratio for m in found.matches]
    low, high = found.ratio_interval
    expected = t.interval(0.95, len(ratios) - 1, fmean(ratios), sem(ratios))
    assert high - low == pytest.approx(expected[1] - expected[0], rel=0.15)
    assert low < fmean(ratios) < high
    alone = aggregate(population(30, 2), users=(1, 1)).equivalences[0]
    assert alone.ratio_interval is None


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_means_over_the_users_that_all_have(seed):
    frame = population(12, seed)
    short = frame.filter(~((pl.col("user_id") == 5) & (pl.col("scheduler") == "memrise")))
    found = aggregate(short)
    assert found.users == tuple(u for u in range(1, 13) if u != 5)
    assert found.dropped_users == 1
    assert any("1 user without every scheduler" in text for text in found.notes)
    assert found.groups.height == 14
    for group in found.groups.to_dicts():
        mine = [
            r
            for r in short.to_dicts()
            if r["user_id"] != 5
            and r["scheduler"] == group["scheduler"]
            and r["desired_retention"] == group["desired_retention"]
        ]
        values = [r["memorized_average"] / r["time_average"] for r in mine]
        assert group["user_count"] == 11
        assert group["memorized_per_minute_mean"] == pytest.approx(fmean(values))
        assert group["memorized_per_minute_median"] == pytest.approx(median(values))
        assert group["memorized_average"] == pytest.approx(fmean(r["memorized_average"] for r in mine))


def test_fences_are_counted_and_taken_out_only_when_asked():
    rows = [row(user, "memrise", 100.0 + user, 10.0) for user in range(1, 8)]
    frame = table(*rows, row(8, "memrise", 9000.0, 10.0))
    plain, fenced = aggregate(frame), aggregate(frame, fences=True)
    assert plain.groups["memorized_average_outliers"][0] == 1
    assert fenced.groups["memorized_average_outliers"][0] == 1
    assert plain.groups["memorized_average"][0] == pytest.approx((728 + 9000) / 8)
    assert fenced.groups["memorized_average"][0] == pytest.approx(104.0)
    assert fenced.to_dict()["fences"] is True


def test_the_order_of_rows_means_nothing():
    frame = population(10, 3)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=4)
    assert aggregate(frame).to_dict() == aggregate(shuffled).to_dict()


def test_pairs_match_every_setting_of_the_baseline():
    found = aggregate(population(30, 2), pairs=[("fsrs3", "fsrs6")]).pairs
    assert [e.baseline_retention for e in found] == [0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
    assert all(e.users + sum(e.dropped.values()) == 30 for e in found)
    assert all(m.baseline_retention == e.baseline_retention for e in found for m in e.matches)


def test_only_rising_curves_when_asked():
    random = np.random.default_rng(1)
    rows = [r for user in (1, 2) for r in sorted_curve(random, user)]
    fallen = [r for r in rows if r["user_id"] == 2][-1]
    fallen["memorized_average"] = 10.0
    rows += [row(user, "memrise", rows[6 * (user - 1) + 2]["memorized_average"], 20.0) for user in (1, 2)]
    assert aggregate(table(*rows)).equivalences[0].users == 2
    strict = aggregate(table(*rows), require_monotonic=True).equivalences[0]
    assert (strict.users, strict.dropped["not_monotone"]) == (1, 1)


def sorted_curve(random, user):
    rows = curve(random, user, "fsrs6")
    memories = sorted(r["memorized_average"] for r in rows)
    return [{**r, "memorized_average": m} for r, m in zip(rows, memories, strict=True)]


def test_users_are_chosen_by_their_number_of_reviews():
    frame, sizes = population(6, 1), {1: 10, 2: 20, 3: 30, 4: 40, 5: 50}
    found = aggregate(frame, sizes=sizes, min_size=20, max_size=40)
    assert found.users == (2, 3, 4)
    assert "1 user of unknown size left out" in found.notes
    assert "2 users of another size left out" in found.notes
    with pytest.raises(UsageError, match="needs the sizes"):
        aggregate(frame, min_size=20)
    with pytest.raises(InputError, match="no user has the size"):
        aggregate(frame, sizes=sizes, min_size=99)


def test_a_baseline_with_several_points_has_no_match():
    rows = [row(1, "fsrs6", 100 * i, 10.0 * i, desired_retention=0.7 + i / 20) for i in range(1, 4)]
    rows += [row(1, "fixed", 150.0, 20.0, fixed_interval=float(days)) for days in (7, 30)]
    (found,) = aggregate(table(*rows), baselines=["fixed"]).equivalences
    assert (found.users, found.dropped["several_points"], found.superiority) == (0, 1, None)
    assert "no user has a match" in repr(found)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interpolate": "tiem"}, "did you mean 'time'"),
        ({"target": "fsrs66"}, "did you mean 'fsrs6'"),
        ({"baselines": ["memrize"]}, "did you mean 'memrise'"),
        ({"pairs": [("fsrs3", "fsrs9")]}, "scheduler in these results 'fsrs9'"),
        ({"target": "memrise"}, "no desired retention"),
        ({"schedulers": ["fsrs8"]}, "scheduler in these results"),
        ({"where": {"day": 3}}, "did you mean 'days'"),
        ({"where": {"days": "long"}}, "days is asked to be 'long'"),
        ({"retentions": (0.9, 0.7)}, "ends before it begins"),
    ],
)
def test_slips_are_answered(options, message):
    with pytest.raises(UsageError, match=message):
        aggregate(population(3), **options)


def test_no_user_with_everything_names_what_is_rare():
    frame = table(*(row(user, "memrise", 1.0, 1.0) for user in (1, 2)), row(3, "anki_sm2", 1.0, 1.0))
    with pytest.raises(InputError, match="no user has all 2 combinations") as caught:
        aggregate(frame)
    assert caught.value.hint == "anki_sm2 Anki-SM-2 has only 1 user: leave it out"


def test_dominance_counts_every_outcome():
    points = {
        1: ((9, 1), (8, 2)),
        2: ((8, 2), (9, 1)),
        3: ((9, 3), (8, 1)),
        4: ((8, 1), (9, 3)),
        5: ((8, 1), (8, 1)),
    }
    rows = []
    for user, (a, b) in points.items():
        rows += [row(user, "memrise", *a), row(user, "anki_sm2", *b)]
    (found,) = dominance(table(*rows), [("memrise", "anki_sm2")])
    # efficiencies: 9 against 4, 4 against 9, 3 against 8, 8 against 3, equal
    assert found.counts == {
        "a_dominates": 1,
        "b_dominates": 1,
        "a_b_tradeoff": 1,
        "b_a_tradeoff": 1,
        "neither": 1,
    }
    assert found.neither_users == (5,)
    assert found.to_dict()["percentages"]["neither"] == 20.0


@pytest.mark.parametrize("seed", range(4))
def test_dominance_mirrors(seed):
    frame = population(25, seed)
    there, back = dominance(frame, [("memrise", "fsrs6@0.9"), ("fsrs6@0.9", "memrise")], epsilon=0.5)
    assert there.counts["a_dominates"] == back.counts["b_dominates"]
    assert there.counts["a_b_tradeoff"] == back.counts["b_a_tradeoff"]
    assert there.users == back.users == 25


def test_pairs_default_to_the_schedulers_without_parameters_of_ones_own():
    rows = [row(1, name, memorized, 10.0) for name, memorized in (("anki_sm2", 9.0), ("memrise", 8.0))]
    rows += [row(1, "fsrs6_default", 7.0, 10.0, desired_retention=r) for r in (0.8, 0.9)]
    found = dominance(table(*rows, row(1, "fsrs6", 99.0, 1.0, desired_retention=0.9)))
    assert [(one.left, one.right) for one in found] == [
        ("fsrs6_default@0.9", "anki_sm2"),
        ("fsrs6_default@0.9", "memrise"),
        ("anki_sm2", "memrise"),
    ]
    (chosen,) = dominance(table(*rows), schedulers=["memrise", "fsrs6_default@0.8", "memrise"])
    assert (chosen.left, chosen.right, chosen.outcomes) == (
        "memrise",
        "fsrs6_default@0.8",
        {1: "a_dominates"},
    )
    with pytest.raises(UsageError, match="hold memrise of fsrs3_default, fsrs6_default"):
        dominance(table(row(1, "memrise", 1.0, 1.0), row(1, "fsrs6", 1.0, 1.0)))
    with pytest.raises(UsageError, match="no pair"):
        dominance(table(*rows), schedulers=["memrise"])
    with pytest.raises(UsageError, match="did you mean 'memrise'"):
        dominance(table(*rows), [("anki_sm2", "memrize")])


def test_pairs_are_compared_where_both_are():
    rows = [row(1, name, 9.0, 10.0) for name in ("anki_sm2", "memrise")]
    (found,) = dominance(table(*rows, row(1, "memrise", 9.0, 10.0, environment="fsrs7")))
    assert (found.environment, found.neither_users) == ("fsrs6", (1,))
    with pytest.raises(InputError, match="no user in fsrs6 has both"):
        dominance(table(row(1, "anki_sm2", 9.0, 10.0), row(2, "memrise", 9.0, 10.0)))


def test_dominance_needs_one_setting():
    frame = population(3)
    with pytest.raises(UsageError, match="fsrs6 has 6 settings"):
        dominance(frame, [("fsrs6", "memrise")])
    with pytest.raises(UsageError, match="setting of fsrs6"):
        dominance(frame, [("fsrs6@0.5", "memrise")])
    with pytest.raises(UsageError, match="no number"):
        dominance(frame, [("fsrs6@high", "memrise")])
    with pytest.raises(UsageError, match="epsilon"):
        dominance(frame, [("anki_sm2", "memrise")], epsilon=float("nan"))
