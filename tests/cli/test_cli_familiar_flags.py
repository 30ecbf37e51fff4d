"""Flags that people know from srs-simulator's programs: the command that does the same has every one."""

from __future__ import annotations

import pytest

from repetita.cli import app

RUNS = (
    "--engine --env --sched --desired-retention --scheduler-priority --priority --days --deck --learn-limit "
    "--review-limit --cost-limit-minutes --seed --fuzz --short-term-source --learning-steps "
    "--relearning-steps --short-term-threshold --short-term-loops-limit --user-id --button-usage "
    "--review-markov-transition "
    "--srs-benchmark-root --benchmark-result --benchmark-partition --sspmmc-policy --fsrs6-adr-policy "
    "--fsrs6-ap-policy --anki-sm2-ap-policy --torch-device --log-dir --no-log --log-reviews --no-plot "
    "--no-progress"
)
RANGE = "--start-retention --end-retention --step"
USERS = "--start-user --end-user"
FAN_OUT = (
    "--max-parallel --cuda-devices --mps-active-thread-percentage --set-env --child-progress --child-summary "
    "--show-commands --sleep-seconds --fail-fast --dry-run --uv-cmd"
)
SSPMMC = "--sspmmc-policy-dir --sspmmc-policies --sspmmc-policy-glob --sspmmc-max --sspmmc-desired-retention"
SOURCES = " ".join(
    f"--{family}-{kind}"
    for family in ("fsrs6-adr", "fsrs6-ap", "anki-sm2-ap")
    for kind in ("policy", "policy-root", "train-run-root", "policy-manifest", "lambda")
)
CHOOSING = f"--log-dir --env --sched {RANGE} --short-term --short-term-source --engine"
FIGURES = "--results-path --plot-dir --no-plot"
KNOWN = {
    "simulate": RUNS,
    "sweep": f"{RUNS} {RANGE} {USERS} {FAN_OUT} {SSPMMC} {SOURCES} --plot --no-summary --progress-events "
    "--batch-size --max-lanes-per-batch --config --log-layout --diagnostic-csv-logs --fsrs6-dr-manifest "
    "--fsrs3-dr-manifest",
    "pareto": f"{CHOOSING} {FIGURES} {USERS} {FAN_OUT} --user-id --fuzz --compare-fuzz --compare-short-term "
    "--compare-engine --hide-labels --users",
    "aggregate": f"{CHOOSING} {FIGURES} --equiv-report --equiv-report-path --equiv-baselines --equiv-pairs "
    "--equiv-report-low-ratio --equiv-require-monotonic --min-size --max-size --benchmark-root "
    "--benchmark-result-base --fsrs3-vs-fsrs6-boxplot --fsrs6-default-vs-fsrs6-boxplot",
    "dominance": f"{CHOOSING} {FIGURES} --fsrs6-default-dr --fsrs3-default-dr --epsilon --pairs --priority",
    "plot short-loops": "--log-dir --env --sched --engine --short-term-source --desired-retention --metric "
    "--bins --max-user-ticks --out --no-show",
    "plot daily-curves": f"{CHOOSING} --user-id --desired-retentions --start-day --review-scale "
    "--retention-smoothing-window --out --no-show",
    "plot gpu-memory": "--log-dir --csv --metric --out --no-show",
    "plot max-retention": "--log-dir --env --sched --out --out-csv --no-show",
    "export": "--log-dir --env --sched --mean-retention",
}


@pytest.mark.parametrize("name", KNOWN)
def test_every_flag_is_there_and_says_what_it_does(name):
    command = app.get_command(None, name)
    options = {word: one for one in command.params for word in (*one.opts, *one.secondary_opts)}
    wanted = KNOWN[name].split()
    assert [flag for flag in wanted if flag not in options] == []
    assert [flag for flag in wanted if not getattr(options[flag], "help", None)] == []
