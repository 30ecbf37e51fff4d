"""Simulations of a person who learns cards: the world, the belief, the policy, and the person, kept apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names

if TYPE_CHECKING:
    from repetita.simulation.behavior import Behavior as Behavior
    from repetita.simulation.behavior import PersonLike as PersonLike
    from repetita.simulation.cards import CardView as CardView
    from repetita.simulation.cards import Today as Today
    from repetita.simulation.checks import check_behavior as check_behavior
    from repetita.simulation.checks import check_cost as check_cost
    from repetita.simulation.checks import check_environment as check_environment
    from repetita.simulation.checks import check_scheduler as check_scheduler
    from repetita.simulation.cost import PRESS_COSTS as PRESS_COSTS
    from repetita.simulation.cost import Cost as Cost
    from repetita.simulation.cost import CostLike as CostLike
    from repetita.simulation.environments import EnvironmentLike as EnvironmentLike
    from repetita.simulation.environments import ModelEnvironment as ModelEnvironment
    from repetita.simulation.expectation import PolicyValue as PolicyValue
    from repetita.simulation.expectation import evaluate_policy as evaluate_policy
    from repetita.simulation.lanes.cast import User as User
    from repetita.simulation.lanes.result import Lanes as Lanes
    from repetita.simulation.lanes.running import simulate_many as simulate_many
    from repetita.simulation.luck import Luck as Luck
    from repetita.simulation.replicates import Replicates as Replicates
    from repetita.simulation.result import Events as Events
    from repetita.simulation.result import Simulation as Simulation
    from repetita.simulation.running import simulate as simulate
    from repetita.simulation.schedulers import ModelScheduler as ModelScheduler
    from repetita.simulation.schedulers import SchedulerLike as SchedulerLike
    from repetita.simulation.short_term import ShortTerm as ShortTerm
    from repetita.simulation.start import Start as Start
    from repetita.simulation.start import start_of as start_of
    from repetita.simulation.switches import Switches as Switches

_HOMES = {
    "Behavior": "behavior",
    "CardView": "cards",
    "Cost": "cost",
    "CostLike": "cost",
    "EnvironmentLike": "environments",
    "Events": "result",
    "Lanes": "lanes.result",
    "Luck": "luck",
    "ModelEnvironment": "environments",
    "ModelScheduler": "schedulers",
    "PRESS_COSTS": "cost",
    "PersonLike": "behavior",
    "PolicyValue": "expectation",
    "Replicates": "replicates",
    "SchedulerLike": "schedulers",
    "ShortTerm": "short_term",
    "Simulation": "result",
    "Start": "start",
    "Switches": "switches",
    "Today": "cards",
    "User": "lanes.cast",
    "check_behavior": "checks",
    "check_cost": "checks",
    "check_environment": "checks",
    "check_scheduler": "checks",
    "evaluate_policy": "expectation",
    "simulate": "running",
    "simulate_many": "lanes.running",
    "start_of": "start",
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _HOMES)
