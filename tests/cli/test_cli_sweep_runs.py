"""Options about runs that a sweep shares with `repetita simulate`: each changes results, in the same way."""

from __future__ import annotations

import json

import pytest

import repetita as rp
from repetita.sweeps.results import TOTALS

SHORT = ("--days", "50", "--deck", "120", "--user-id", "3")
BUSY = ("--review-limit", "6")  # so that it matters what comes first
USAGE = {
    "user": 3,
    "first_rating_prob": [0.2, 0.1, 0.5, 0.2],
    "review_rating_prob": [0.2, 0.6, 0.2],
    "learning_rating_prob": [0.1, 0.8, 0.1],
    "relearning_rating_prob": [0.3, 0.6, 0.1],
    "learn_costs": [30, 20, 10, 5],
    "review_costs": [20, 15, 10, 5],
    "state_rating_costs": [[9, 8, 7, 6]] * 3,
    "first_rating_offset": [0, 0, 0, 0],
    "first_session_len": [1, 1, 1, 1],
    "forget_rating_offset": 0.0,
    "forget_session_len": 1.0,
    "long_term_transition": [[1, 9, 1, 1]] * 4,
}
STEPS = ("--short-term-source", "steps")
SCHED = ("--short-term-source", "sched")
CASES = [
    ((), ("--seed", "43")),
    ((), ("--days", "60")),
    ((), ("--deck", "90")),
    ((), ("--learn-limit", "3")),
    ((), BUSY),
    ((), ("--cost-limit-minutes", "2")),
    ((), ("--attendance", "0.6")),
    ((), ("--lazy-good-bias", "0.7")),
    ((), ("--base-seconds", "4")),
    (("--base-seconds", "4"), ("--latency-penalty", "3")),
    ((), ("--vacation", "10-20")),
    ((), ("--leech-lapses", "1")),
    ((), ("--fuzz",)),
    ((), ("--compat", "srs-simulator")),
    (STEPS, ("--switch", "step_limits=false", *BUSY)),
    (("--cost-limit-minutes", "1"), ("--priority", "review-first")),
    (BUSY, ("--scheduler-priority", "high_difficulty")),
    ((), STEPS),
    (STEPS, ("--learning-steps", "5")),
    (STEPS, ("--relearning-steps", "")),
    (STEPS, ("--short-term-loops-limit", "1")),
    ((*SCHED, "--days", "5", "--deck", "8"), ("--short-term-threshold", "0.01")),
    ((), ("--button-usage", "USAGE")),
    (("--button-usage", "USAGE"), ("--review-markov-transition",)),
    ((), ("--srs-benchmark-root", "ROOT")),
    (("--srs-benchmark-root", "ROOT"), ("--benchmark-partition", "1")),
    (("--srs-benchmark-root", "ROOT"), ("--benchmark-result", "fsrs6=other")),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Button usage, and fitted parameters in two files and partitions."""
    root = tmp_path_factory.mktemp("files")
    (root / "usage.jsonl").write_text(json.dumps(USAGE))
    (root / "result").mkdir()
    for name, scale in (("FSRS-6-recency", 0.6), ("other", 0.4)):
        lists = {"0": scale, "1": 1.4 * scale}
        fitted = {
            key: [w * (factor if place < 4 else 1.0) for place, w in enumerate(rp.model("fsrs6").parameters)]
            for key, factor in lists.items()
        }
        (root / "result" / f"{name}.jsonl").write_text(json.dumps({"user": 3, "parameters": fitted}))
    return root


@pytest.mark.parametrize(("given", "changed"), CASES, ids=lambda words: " ".join(words) or "plain")
def test_a_sweep_runs_what_simulate_runs(run_json, folder, tmp_path, given, changed):
    files = {"USAGE": folder / "usage.jsonl", "ROOT": folder}
    before, after = ([files.get(word, word) for word in words] for words in (given, (*given, *changed)))
    scheduler = "lstm" if "sched" in given else "fsrs6"
    rows = []
    for name, words in (("before", before), ("after", after)):
        asked = (*SHORT, "--sched", scheduler, "--desired-retention", "0.9", *words)
        code, swept = run_json("sweep", *asked, "-o", tmp_path / name)
        assert code == 0, swept
        rows.append(rp.read_results(tmp_path / name).to_dicts()[0])
    _, simulated = run_json("simulate", *asked, "--log-dir", tmp_path / "logs", "--no-plot")
    alone = rp.read_results(tmp_path / "logs").to_dicts()[0]
    told = {name: rows[1][name] for name in TOTALS}
    assert told == pytest.approx({name: alone[name] for name in TOTALS}, rel=1e-7)
    assert simulated["ok"]
    assert told != {name: rows[0][name] for name in TOTALS}
