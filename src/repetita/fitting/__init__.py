"""Parameters of memory models from review logs.

    training            `fit`: options in, `FitResult` out; choice: which parameters, which answers
    groups              `fit_by`: a fit for every deck or preset
    options             options of a fit that are passed on by name
    reference           the published trainings, step by step
    recipe              what to minimize; prior, weights, outliers: its parts
    population          tables of fitted parameters, and the prior they make
    problem             the function that is minimized, on the prior's scale
    search              how: starts, gauss_newton, polish
    forward             fits on ever longer beginnings of one log
    initial_stability   the reference trainers' separate fit of initial stabilities
    standard_errors     how sure the result is; result, wording: how it is told
    loss                loss and gradient as one call

Inside: arrays and logs. Kernels are compiled (or loaded from the cache) by the first evaluation.
"""

from __future__ import annotations

from repetita.fitting.groups import GroupedFit, fit_by
from repetita.fitting.loss import loss_and_gradient
from repetita.fitting.population import ParameterTable, parameter_table, population_prior
from repetita.fitting.prior import PopulationPrior
from repetita.fitting.result import FitResult
from repetita.fitting.training import fit
from repetita.fitting.weights import recency_weights

__all__ = [
    "FitResult",
    "GroupedFit",
    "ParameterTable",
    "PopulationPrior",
    "fit",
    "fit_by",
    "loss_and_gradient",
    "parameter_table",
    "population_prior",
    "recency_weights",
]
