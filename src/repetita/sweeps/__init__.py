"""Results of many simulations: the table they are kept in, frontiers, and comparisons over many users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names

if TYPE_CHECKING:
    from repetita.sweeps.aggregation import Aggregate as Aggregate
    from repetita.sweeps.aggregation import aggregate as aggregate
    from repetita.sweeps.areas import AreaBetween as AreaBetween
    from repetita.sweeps.areas import memory_lift as memory_lift
    from repetita.sweeps.areas import time_saved as time_saved
    from repetita.sweeps.candidates import Candidate as Candidate
    from repetita.sweeps.candidates import Figure as Figure
    from repetita.sweeps.equivalence import Equivalence as Equivalence
    from repetita.sweeps.equivalence import Match as Match
    from repetita.sweeps.frontier import hypervolume as hypervolume
    from repetita.sweeps.frontier import non_dominated as non_dominated
    from repetita.sweeps.frontier import reference_point as reference_point
    from repetita.sweeps.matchup import Versus as Versus
    from repetita.sweeps.matchup import versus as versus
    from repetita.sweeps.outcomes import Dominance as Dominance
    from repetita.sweeps.outcomes import dominance as dominance
    from repetita.sweeps.policy_sources import policy_files as policy_files
    from repetita.sweeps.policy_sources import policy_manifest as policy_manifest
    from repetita.sweeps.policy_sources import policy_root as policy_root
    from repetita.sweeps.policy_sources import retention_manifest as retention_manifest
    from repetita.sweeps.results import SCHEMA as SCHEMA
    from repetita.sweeps.results import read_results as read_results
    from repetita.sweeps.results import results_table as results_table
    from repetita.sweeps.results import write_results as write_results
    from repetita.sweeps.running import SweepPlan as SweepPlan
    from repetita.sweeps.running import merge_sweeps as merge_sweeps
    from repetita.sweeps.running import plan_sweep as plan_sweep
    from repetita.sweeps.running import sweep as sweep
    from repetita.sweeps.settings import Setting as Setting
    from repetita.sweeps.settings import SettingsByUser as SettingsByUser
    from repetita.sweeps.settings import retention_grid as retention_grid
    from repetita.sweeps.spread import FiveNumbers as FiveNumbers
    from repetita.sweeps.spread import Spread as Spread
    from repetita.sweeps.sweep_result import Sweep as Sweep
    from repetita.sweeps.trade_off import Pareto as Pareto
    from repetita.sweeps.trade_off import pareto as pareto

_HOMES = {
    "Aggregate": "aggregation",
    "AreaBetween": "areas",
    "Candidate": "candidates",
    "Dominance": "outcomes",
    "Equivalence": "equivalence",
    "Figure": "candidates",
    "FiveNumbers": "spread",
    "Match": "equivalence",
    "Pareto": "trade_off",
    "SCHEMA": "results",
    "Setting": "settings",
    "SettingsByUser": "settings",
    "Spread": "spread",
    "Sweep": "sweep_result",
    "SweepPlan": "running",
    "Versus": "matchup",
    "aggregate": "aggregation",
    "dominance": "outcomes",
    "hypervolume": "frontier",
    "memory_lift": "areas",
    "merge_sweeps": "running",
    "non_dominated": "frontier",
    "pareto": "trade_off",
    "plan_sweep": "running",
    "policy_files": "policy_sources",
    "policy_manifest": "policy_sources",
    "policy_root": "policy_sources",
    "read_results": "results",
    "reference_point": "frontier",
    "results_table": "results",
    "retention_grid": "settings",
    "retention_manifest": "policy_sources",
    "sweep": "running",
    "time_saved": "areas",
    "versus": "matchup",
    "write_results": "results",
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _HOMES)
