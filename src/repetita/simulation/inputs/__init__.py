"""Files of the ecosystem as inputs: button usage, and parameters that a benchmark fitted, user by user."""

from __future__ import annotations

from repetita.simulation.inputs.benchmark_results import BenchmarkResults, benchmark_bases
from repetita.simulation.inputs.button_usage import ButtonUsage, button_usage
from repetita.simulation.inputs.json_lines import JsonLines
from repetita.simulation.inputs.people import LostUser, people

__all__ = [
    "BenchmarkResults",
    "ButtonUsage",
    "JsonLines",
    "LostUser",
    "benchmark_bases",
    "button_usage",
    "people",
]
