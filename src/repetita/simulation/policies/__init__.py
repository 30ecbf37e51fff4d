"""Policies of schedulers as files: read, checked, written, and made into schedulers.

The schemas are those of the public simulators, so that files go both ways. Training is not done here.
"""

from __future__ import annotations

from repetita.simulation.policies.adr import AdrPolicy
from repetita.simulation.policies.adr_cost import CostAdrPolicy
from repetita.simulation.policies.files import Policy, read_policy, write_policy
from repetita.simulation.policies.parameters import Fsrs6ApPolicy, Sm2ApPolicy
from repetita.simulation.policies.scheduling import scheduler_with_policy
from repetita.simulation.policies.sspmmc import SspMmcPolicy

__all__ = [
    "AdrPolicy",
    "CostAdrPolicy",
    "Fsrs6ApPolicy",
    "Policy",
    "Sm2ApPolicy",
    "SspMmcPolicy",
    "read_policy",
    "scheduler_with_policy",
    "write_policy",
]
