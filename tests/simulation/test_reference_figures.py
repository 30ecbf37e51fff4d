"""Runs against the mean figures of the reference simulator, over independent seeds on both sides.

A metric is refused beyond four standard errors of the difference: two-sided p = 6.3e-5 for one metric if
our mean is right; over the 205 metrics of all configurations, counted as if independent, a right simulator
would be refused with p = 0.013. The seeds are fixed, so a test that passed will pass. The figures of the
reference are means of 64 seeds; ours are of 12, to be quick, or of as many as REPETITA_SEEDS says.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from simulated_configs import plan_of

pytestmark = [pytest.mark.golden, pytest.mark.slow]
MOST_ERRORS = 4.0
SEEDS = range(1000, 1000 + int(os.environ.get("REPETITA_SEEDS", "12")))
CONFIGS = (
    "g01_e6_s6_85",
    "g02_e6_sm2",
    "g03_e6_memrise_newfirst",
    "g04_e3_s3_92",
    "g05_e6_fixed3_reviewcap",
    "g06_steps_s6_90",
    "g07_fuzz_attend_s6",
    "g08_batched_e6_s6_85",
    "g09_batched_steps_s6",
)
# what is otherwise in the batched engine of the reference
BATCHED = {
    "step_limits": False,
    "loops_semantics": "sweep",
    "carried_steps": "last",
    "init_s_clamp": True,
}
# where the faults that are put right by default play no part
SOUND = (
    "g01_e6_s6_85",
    "g02_e6_sm2",
    "g03_e6_memrise_newfirst",
    "g05_e6_fixed3_reviewcap",
    "g07_fuzz_attend_s6",
)


def metrics(run):
    """The figures that the golden file has, of one run."""
    minutes = run.cost_seconds / 60.0
    found = {
        "total_reviews": run.total_reviews,
        "total_lapses": run.total_lapses,
        "total_new": run.total_new,
        "minutes_per_day": run.minutes_per_day,
        "memorized_average": run.memorized_average,
        "final_projected_retrievability": run.projected,
        "review_phase_reviews": run.phase_reviews.sum(),
        "review_phase_retention": 1.0 - run.phase_lapses.sum() / run.phase_reviews.sum(),
        "days_with_reviews": (run.reviews > 0).sum(),
        "max_daily_reviews": run.reviews.max(),
        "short_loops_total": run.short_loops.sum(),
    }
    for day in range(1, run.days + 1):
        found[f"cum_reviews_day{day}"] = run.reviews[:day].sum()
        found[f"memorized_day{day}"] = run.memorized[day - 1]
        found[f"cum_minutes_day{day}"] = minutes[:day].sum()
    return found


def check(config, golden, **options):
    case = next((c for c in golden("sim_reference", "configs") if c["id"] == config), None)
    if case is None:
        pytest.skip(f"no configuration {config}")
    made = plan_of(case["config"], **options)
    runs = [metrics(made.run(seed, events=False)) for seed in SEEDS]
    for name, figure in case["metrics"].items():
        values = np.array([run[name] for run in runs], dtype=np.float64)
        ours, error = values.mean(), values.std(ddof=1) / np.sqrt(len(values))
        spread = np.hypot(error, figure["se"])
        if spread < 1e-6:
            assert ours == pytest.approx(figure["mean"], abs=1e-5), name
        else:
            z = (ours - figure["mean"]) / spread
            assert abs(z) < MOST_ERRORS, f"{name}: {ours} against {figure['mean']}, z = {z:.2f}"


@pytest.mark.parametrize("config", CONFIGS)
def test_compatible_runs(golden, config):
    switches = BATCHED if "batched" in config else None
    check(config, golden, compat="srs-simulator", switches=switches)


@pytest.mark.parametrize("config", SOUND)
def test_default_runs(golden, config):
    """With addressed random numbers and without the faults; new cards know no limit of reviews there."""
    check(config, golden, switches={"new_cards_wait": False})
