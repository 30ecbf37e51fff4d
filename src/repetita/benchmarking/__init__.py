"""Benchmarks over many users, by the rules of the public benchmark of spaced-repetition models.

protocol      which reviews train and which are scored
contenders    models with options, and baselines, by a short text
predictions   held-out predictions, fold by fold
rows          one result a user and model
sources       where users come from
running       `benchmark`
run_folder    a run on disk, to be resumed
merging       runs of several machines put together
verifying     a published row computed again
summary       means with intervals, and who beats whom
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from repetita.benchmarking.contenders import Contender as Contender
    from repetita.benchmarking.contenders import contender as contender
    from repetita.benchmarking.contenders import contenders as contenders
    from repetita.benchmarking.merging import merge as merge
    from repetita.benchmarking.protocol import Prepared as Prepared
    from repetita.benchmarking.protocol import Protocol as Protocol
    from repetita.benchmarking.protocol import prepare as prepare
    from repetita.benchmarking.result import Benchmark as Benchmark
    from repetita.benchmarking.running import benchmark as benchmark
    from repetita.benchmarking.summary import Summary as Summary
    from repetita.benchmarking.synthetic import Population as Population
    from repetita.benchmarking.synthetic import SyntheticUser as SyntheticUser
    from repetita.benchmarking.synthetic import synthetic_population as synthetic_population
    from repetita.benchmarking.verifying import Verification as Verification
    from repetita.benchmarking.verifying import verify as verify

_HOMES = {
    "Benchmark": "result",
    "Contender": "contenders",
    "Population": "synthetic",
    "Prepared": "protocol",
    "Protocol": "protocol",
    "Summary": "summary",
    "SyntheticUser": "synthetic",
    "Verification": "verifying",
    "benchmark": "running",
    "contender": "contenders",
    "contenders": "contenders",
    "merge": "merging",
    "prepare": "protocol",
    "synthetic_population": "synthetic",
    "verify": "verifying",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"repetita.benchmarking has no attribute {name!r}")
    value = getattr(import_module(f"repetita.benchmarking.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
