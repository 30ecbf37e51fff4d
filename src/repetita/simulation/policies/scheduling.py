"""Schedulers that follow a policy."""

from __future__ import annotations

from typing import Any

from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.simulation import reference
from repetita.simulation.policies.adr import AdrPolicy
from repetita.simulation.policies.adr_cost import CostAdrPolicy
from repetita.simulation.policies.files import Policy
from repetita.simulation.policies.parameters import Fsrs6ApPolicy, Sm2ApPolicy
from repetita.simulation.policies.sspmmc import SspMmcPolicy
from repetita.simulation.rules import EARLY_DUE
from repetita.simulation.schedulers import AnkiSM2Scheduler, ModelScheduler
from repetita.simulation.short_term import ShortTerm
from repetita.simulation.switches import Switches
from repetita.simulation.targets import RETIRED_DAYS

__all__ = ["WANTED", "scheduler_with_policy"]

WANTED: dict[str, Any] = {
    "sspmmc": SspMmcPolicy,
    "fsrs6_adr": AdrPolicy,
    "fsrs6_adr_time": AdrPolicy,
    "fsrs6_default_adr": AdrPolicy,
    "fsrs6_ap": Fsrs6ApPolicy,
    "anki_sm2_ap": Sm2ApPolicy,
    "fsrs6_cost_adr": CostAdrPolicy,
}
"""Schedulers and the policies they follow."""

LEAST_DAYS = 1.0


def scheduler_with_policy(
    name: str,
    policy: Policy | None,
    belief: MemoryModel | None,
    mode: int,
    short_term: ShortTerm | None,
    switches: Switches,
    days: int,
    cost_weight: float,
) -> Any:
    """The scheduler of a name that follows a policy.

    Args:
        name: Key of `WANTED`.
        policy: Of the type there.
        belief: FSRS-6 with the user's weights; anything else counts as none, and the defaults are taken.
        mode: Order of due reviews.
        short_term: Presses within a day.
        switches: Of the run.
        days: Length of the run, for policies that see time.
        cost_weight: Weight of cost, for policies that depend on it.

    Raises:
        UsageError: No policy, or one for another scheduler.
    """
    if policy is None or not isinstance(policy, WANTED[name]):
        found = "none is given" if policy is None else f"this is one of kind {policy.kind!r}"
        raise UsageError(
            f"scheduler {name} needs a policy of kind {WANTED[name].kind!r}, {found}", where="policy"
        )
    if short_term is not None and short_term.source == "sched":
        raise UsageError(
            f"short-term source 'sched' does not go with scheduler {name}, which counts whole days"
        )
    if isinstance(policy, Sm2ApPolicy):
        steps = short_term is not None and bool(short_term.learning_seconds)
        return AnkiSM2Scheduler(
            policy.params, name=name, learning_steps=steps, hide_steps=switches.steps_hide_from_sm2, mode=mode
        )
    if isinstance(policy, AdrPolicy) and policy.sees_time != (name == "fsrs6_adr_time"):
        raise UsageError(
            f"scheduler {name} does not go with a policy of version {policy.feature_version}",
            hint="policies that see time are for fsrs6_adr_time, others for fsrs6_adr",
            where="policy",
        )
    kind, row, memory = _rows(name, policy, belief, days, cost_weight)
    made: ModelScheduler = reference.scheduler_with(
        memory, switches, policy=row, name=name, kind=kind, mode=EARLY_DUE if kind == "sspmmc" else mode
    )
    if isinstance(policy, CostAdrPolicy):
        made.max_interval = policy.max_interval_days
    elif kind == "sspmmc" and switches.max_interval_with_fuzz_only:
        made.max_interval = RETIRED_DAYS
    return made


def _rows(
    name: str, policy: Policy, belief: MemoryModel | None, days: int, cost_weight: float
) -> tuple[str, tuple[float, ...], MemoryModel]:
    """Kind of target, its row, and the belief."""
    users = belief if belief is not None and belief.name == "fsrs6" else model_of("fsrs6")
    if isinstance(policy, SspMmcPolicy):
        return "sspmmc", policy.row(LEAST_DAYS), model_of("fsrs6", policy.w)
    if isinstance(policy, Fsrs6ApPolicy):
        constant = (LEAST_DAYS, policy.baseline_desired_retention)
        return "constant", constant, model_of("fsrs6", policy.weights, clip=True)
    if isinstance(policy, CostAdrPolicy):
        kind = "cost_adr_days" if policy.head == "interval" else "cost_adr"
        return kind, policy.row(LEAST_DAYS, cost_weight), users
    assert isinstance(policy, AdrPolicy)
    row = policy.row(LEAST_DAYS, days)
    memory = model_of("fsrs6") if name == "fsrs6_default_adr" else users
    return "adr_time" if policy.sees_time else "adr", row, memory
