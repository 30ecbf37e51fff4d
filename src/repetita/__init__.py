"""repetita: spaced repetition in one package.

Names are imported when they are first used, so ``import repetita`` costs milliseconds and needs nothing but
the standard library; numpy, numba and polars are loaded by the functions that compute.

Example:
    >>> import repetita as rp
    >>> m = rp.model("fsrs6")
    >>> round(m.interval(m.initial_state(rating=3), desired_retention=0.9), 4)
    2.3065
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names

if TYPE_CHECKING:
    from repetita.advice import StepAdvice as StepAdvice
    from repetita.advice import advise_steps as advise_steps
    from repetita.backtesting import Backtest as Backtest
    from repetita.backtesting import backtest as backtest
    from repetita.benchmarking import Benchmark as Benchmark
    from repetita.benchmarking import benchmark as benchmark
    from repetita.benchmarking import synthetic_population as synthetic_population
    from repetita.errors import RepetitaError as RepetitaError
    from repetita.evaluation import Comparison as Comparison
    from repetita.evaluation import Evaluation as Evaluation
    from repetita.evaluation import compare as compare
    from repetita.evaluation import evaluate as evaluate
    from repetita.fitting import FitResult as FitResult
    from repetita.fitting import GroupedFit as GroupedFit
    from repetita.fitting import PopulationPrior as PopulationPrior
    from repetita.fitting import fit as fit
    from repetita.fitting import fit_by as fit_by
    from repetita.memory_model import MemoryModel as MemoryModel
    from repetita.memory_model import model as model
    from repetita.online import OnlineFit as OnlineFit
    from repetita.registration import register_model as register_model
    from repetita.retention_advice import OptimalRetention as OptimalRetention
    from repetita.retention_advice import RetentionAdvice as RetentionAdvice
    from repetita.retention_advice import RetentionWorkload as RetentionWorkload
    from repetita.retention_advice import advise_retention as advise_retention
    from repetita.retention_advice import optimal_retention as optimal_retention
    from repetita.retention_advice import retention_workload as retention_workload
    from repetita.reviews import ReviewLog as ReviewLog
    from repetita.reviews import read_reviews as read_reviews
    from repetita.reviews import simulate_log as simulate_log
    from repetita.scheduling import Card as Card
    from repetita.scheduling import DayRule as DayRule
    from repetita.scheduling import Rating as Rating
    from repetita.scheduling import ReviewLogEntry as ReviewLogEntry
    from repetita.scheduling import Scheduler as Scheduler
    from repetita.scheduling import State as State
    from repetita.simulation import PolicyValue as PolicyValue
    from repetita.simulation import Simulation as Simulation
    from repetita.simulation import check_behavior as check_behavior
    from repetita.simulation import check_cost as check_cost
    from repetita.simulation import check_environment as check_environment
    from repetita.simulation import check_scheduler as check_scheduler
    from repetita.simulation import evaluate_policy as evaluate_policy
    from repetita.simulation import simulate as simulate
    from repetita.simulation import simulate_many as simulate_many
    from repetita.simulation.inputs import simulator_config as simulator_config
    from repetita.sweeps import Aggregate as Aggregate
    from repetita.sweeps import Dominance as Dominance
    from repetita.sweeps import Pareto as Pareto
    from repetita.sweeps import Sweep as Sweep
    from repetita.sweeps import aggregate as aggregate
    from repetita.sweeps import dominance as dominance
    from repetita.sweeps import hypervolume as hypervolume
    from repetita.sweeps import pareto as pareto
    from repetita.sweeps import read_results as read_results
    from repetita.sweeps import sweep as sweep

_HOMES = {
    "Aggregate": "sweeps",
    "Backtest": "backtesting",
    "Benchmark": "benchmarking",
    "Card": "scheduling",
    "Comparison": "evaluation",
    "DayRule": "scheduling",
    "Dominance": "sweeps",
    "Evaluation": "evaluation",
    "FitResult": "fitting",
    "GroupedFit": "fitting",
    "MemoryModel": "memory_model",
    "OnlineFit": "online",
    "OptimalRetention": "retention_advice",
    "Pareto": "sweeps",
    "PolicyValue": "simulation",
    "PopulationPrior": "fitting",
    "Rating": "scheduling",
    "RepetitaError": "errors",
    "RetentionAdvice": "retention_advice",
    "RetentionWorkload": "retention_advice",
    "ReviewLog": "reviews",
    "ReviewLogEntry": "scheduling",
    "Scheduler": "scheduling",
    "Simulation": "simulation",
    "State": "scheduling",
    "StepAdvice": "advice",
    "Sweep": "sweeps",
    "advise_retention": "retention_advice",
    "advise_steps": "advice",
    "aggregate": "sweeps",
    "backtest": "backtesting",
    "benchmark": "benchmarking",
    "check_behavior": "simulation",
    "check_cost": "simulation",
    "check_environment": "simulation",
    "check_scheduler": "simulation",
    "compare": "evaluation",
    "dominance": "sweeps",
    "evaluate": "evaluation",
    "evaluate_policy": "simulation",
    "fit": "fitting",
    "fit_by": "fitting",
    "hypervolume": "sweeps",
    "model": "memory_model",
    "optimal_retention": "retention_advice",
    "pareto": "sweeps",
    "read_results": "sweeps",
    "read_reviews": "reviews",
    "register_model": "registration",
    "retention_workload": "retention_advice",
    "simulate": "simulation",
    "simulate_log": "reviews",
    "simulate_many": "simulation",
    "simulator_config": "simulation.inputs",
    "sweep": "sweeps",
    "synthetic_population": "benchmarking",
}

__version__ = "0.1.0"
__all__, __getattr__, __dir__ = lazy_names(__name__, _HOMES, "__version__")
