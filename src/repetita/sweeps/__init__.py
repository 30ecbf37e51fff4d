"""Results of many simulations: the table they are kept in, frontiers, and comparisons over many users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names

if TYPE_CHECKING:
    from repetita.sweeps.aggregation import Aggregate as Aggregate
    from repetita.sweeps.aggregation import aggregate as aggregate
    from repetita.sweeps.areas import AreaBetween as AreaBetween
    from repetita.sweeps.areas import memory_lift as memory_lift
    from repetita.sweeps.areas import memory_lift_at_point as memory_lift_at_point
    from repetita.sweeps.areas import time_saved as time_saved
    from repetita.sweeps.areas import time_saved_at_point as time_saved_at_point
    from repetita.sweeps.best_retention import BestRetentions as BestRetentions
    from repetita.sweeps.best_retention import best_retentions as best_retentions
    from repetita.sweeps.candidates import Candidate as Candidate
    from repetita.sweeps.candidates import Figure as Figure
    from repetita.sweeps.daily_series import DailyCurve as DailyCurve
    from repetita.sweeps.daily_series import DailyCurves as DailyCurves
    from repetita.sweeps.daily_series import daily_curves as daily_curves
    from repetita.sweeps.daily_tables import DailyRun as DailyRun
    from repetita.sweeps.daily_tables import daily_runs as daily_runs
    from repetita.sweeps.equivalence import Equivalence as Equivalence
    from repetita.sweeps.equivalence import Match as Match
    from repetita.sweeps.frontier import hypervolume as hypervolume
    from repetita.sweeps.frontier import non_dominated as non_dominated
    from repetita.sweeps.frontier import reference_point as reference_point
    from repetita.sweeps.graphics_memory import newest_memory_log as newest_memory_log
    from repetita.sweeps.graphics_memory import read_memory_log as read_memory_log
    from repetita.sweeps.loop_counts import ShortLoops as ShortLoops
    from repetita.sweeps.loop_counts import short_loops as short_loops
    from repetita.sweeps.matchup import Versus as Versus
    from repetita.sweeps.matchup import versus as versus
    from repetita.sweeps.merging import merge_sweeps as merge_sweeps
    from repetita.sweeps.outcomes import Dominance as Dominance
    from repetita.sweeps.outcomes import dominance as dominance
    from repetita.sweeps.per_user import export_users as export_users
    from repetita.sweeps.per_user import user_records as user_records
    from repetita.sweeps.policy_sources import policy_files as policy_files
    from repetita.sweeps.policy_sources import policy_folder as policy_folder
    from repetita.sweeps.policy_sources import policy_manifest as policy_manifest
    from repetita.sweeps.policy_sources import policy_root as policy_root
    from repetita.sweeps.policy_sources import retention_manifest as retention_manifest
    from repetita.sweeps.recorded_runs import RecordedRun as RecordedRun
    from repetita.sweeps.recorded_runs import read_run as read_run
    from repetita.sweeps.results import SCHEMA as SCHEMA
    from repetita.sweeps.results import read_results as read_results
    from repetita.sweeps.results import results_table as results_table
    from repetita.sweeps.results import write_results as write_results
    from repetita.sweeps.running import BatchDone as BatchDone
    from repetita.sweeps.running import SweepPlan as SweepPlan
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
    "BatchDone": "running",
    "BestRetentions": "best_retention",
    "Candidate": "candidates",
    "DailyCurve": "daily_series",
    "DailyCurves": "daily_series",
    "DailyRun": "daily_tables",
    "Dominance": "outcomes",
    "Equivalence": "equivalence",
    "Figure": "candidates",
    "FiveNumbers": "spread",
    "Match": "equivalence",
    "Pareto": "trade_off",
    "RecordedRun": "recorded_runs",
    "SCHEMA": "results",
    "Setting": "settings",
    "SettingsByUser": "settings",
    "ShortLoops": "loop_counts",
    "Spread": "spread",
    "Sweep": "sweep_result",
    "SweepPlan": "running",
    "Versus": "matchup",
    "aggregate": "aggregation",
    "best_retentions": "best_retention",
    "daily_curves": "daily_series",
    "daily_runs": "daily_tables",
    "dominance": "outcomes",
    "export_users": "per_user",
    "hypervolume": "frontier",
    "memory_lift": "areas",
    "memory_lift_at_point": "areas",
    "merge_sweeps": "merging",
    "newest_memory_log": "graphics_memory",
    "non_dominated": "frontier",
    "pareto": "trade_off",
    "plan_sweep": "running",
    "policy_files": "policy_sources",
    "policy_folder": "policy_sources",
    "policy_manifest": "policy_sources",
    "policy_root": "policy_sources",
    "read_memory_log": "graphics_memory",
    "read_results": "results",
    "read_run": "recorded_runs",
    "reference_point": "frontier",
    "results_table": "results",
    "retention_grid": "settings",
    "retention_manifest": "policy_sources",
    "short_loops": "loop_counts",
    "sweep": "running",
    "time_saved": "areas",
    "time_saved_at_point": "areas",
    "user_records": "per_user",
    "versus": "matchup",
    "write_results": "results",
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _HOMES)
