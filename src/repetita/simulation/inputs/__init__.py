"""People as inputs: from files of the ecosystem, user by user, and from a log as the official programs do."""

from __future__ import annotations

from repetita.simulation.inputs.benchmark_results import BenchmarkResults, benchmark_bases
from repetita.simulation.inputs.button_usage import ButtonUsage, button_usage
from repetita.simulation.inputs.json_lines import JsonLines
from repetita.simulation.inputs.official_habits import SimulatorConfig, simulator_config
from repetita.simulation.inputs.people import LostUser, people

__all__ = [
    "BenchmarkResults",
    "ButtonUsage",
    "JsonLines",
    "LostUser",
    "SimulatorConfig",
    "benchmark_bases",
    "button_usage",
    "people",
    "simulator_config",
]
