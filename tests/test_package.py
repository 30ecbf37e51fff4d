"""The package as a whole: what it exports, and what importing it pulls in."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

import repetita


def test_exports_are_the_documented_ones():
    assert repetita.__all__ == [
        "Aggregate",
        "Backtest",
        "Benchmark",
        "Card",
        "Comparison",
        "DayRule",
        "Dominance",
        "Evaluation",
        "FitResult",
        "GroupedFit",
        "MemoryModel",
        "OnlineFit",
        "OptimalRetention",
        "Pareto",
        "PolicyValue",
        "PopulationPrior",
        "Rating",
        "RepetitaError",
        "RetentionAdvice",
        "RetentionWorkload",
        "ReviewLog",
        "ReviewLogEntry",
        "Scheduler",
        "Simulation",
        "State",
        "StepAdvice",
        "Sweep",
        "__version__",
        "advise_retention",
        "advise_steps",
        "aggregate",
        "backtest",
        "benchmark",
        "check_behavior",
        "check_cost",
        "check_environment",
        "check_scheduler",
        "compare",
        "dominance",
        "evaluate",
        "evaluate_policy",
        "fit",
        "fit_by",
        "hypervolume",
        "model",
        "optimal_retention",
        "pareto",
        "read_results",
        "read_reviews",
        "register_model",
        "retention_workload",
        "simulate",
        "simulate_log",
        "simulate_many",
        "simulator_config",
        "sweep",
        "synthetic_population",
    ]


@pytest.mark.parametrize("name", repetita.__all__)
def test_every_export_resolves_and_is_documented(name):
    value = getattr(repetita, name)
    assert name == "__version__" or value.__doc__


def test_version_is_the_distribution_s():
    assert repetita.__version__ == version("repetita")


def test_unknown_attribute_suggests_the_nearest():
    with pytest.raises(AttributeError, match="did you mean 'evaluate'"):
        repetita.evalute  # noqa: B018


@pytest.mark.parametrize("code", ["import repetita", "import repetita.cli"])
def test_import_pulls_in_nothing_heavy(code):
    heavy = {"numpy", "numba", "polars", "scipy", "matplotlib"}
    probe = f"{code}; import sys; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
