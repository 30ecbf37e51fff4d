"""Loss and gradient of every model that is fitted: nanoseconds a review, and how much longer torch takes.

    python bench/models.py [--reviews 1000000] [--threads 2] [--bits 32] [--models fsrs6 fsrs7] [--json]

The log is simulated; its reviews have the time of day, so that models of fractional days have something to
do. Shown is the least wall time of some repetitions. The torch side (`torch_models.py`, forward and backward
through autograd) is vectorized over cards and computes nothing for padding; its loss must agree with ours.
Its numbers have 32 bits, as in the trainers, or with ``--bits 64`` as many as ours. It is left out where
torch is not installed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import repetita as rp
from repetita.equations import MODELS, declared, equations
from repetita.fitting.weighted_log import WeightedLog
from repetita.reviews import ReviewLog

AGREEMENT = 1e-3


def least(task: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Least wall time of some repetitions, and the result."""
    wall, result = float("inf"), None
    for _ in range(repeats):
        began = perf_counter()
        result = task()
        wall = min(wall, perf_counter() - began)
    return wall, result


def ours(log: ReviewLog, name: str, threads: int, repeats: int) -> dict[str, Any]:
    model = rp.model(name)
    unit = model.equations.UNIT
    rows = ((log.elapsed(unit) > 0.0) & ~log.first).astype(np.float64)
    objective = WeightedLog.of(log, unit, rows).objective(model, threads)
    w = np.array(model.parameters)
    objective.value_and_gradient(w)  # compiles
    value, _ = least(lambda: objective.value(w), repeats)
    both, (loss, _) = least(lambda: objective.value_and_gradient(w), repeats)
    size = len(log) / 1e9
    return {"model": name, "loss": loss, "value_ns": value / size, "gradient_ns": both / size}


def theirs(log: ReviewLog, name: str, threads: int, repeats: int, bits: int) -> dict[str, Any]:
    try:
        import torch

        import torch_models
    except ImportError:
        return {}
    if name not in torch_models.STEPS:
        return {}
    torch.set_num_threads(threads)
    model = rp.model(name)
    single = bits == 32 and name not in torch_models.DOUBLE
    dtype = torch.float32 if single else torch.float64
    # 1e-300 is 0 in single precision
    floor = max(model.equations.PREDICTION_FLOOR, 1e-37 if single else 0.0)
    batch = torch_models.batch_of(log, model.equations.UNIT, dtype)
    w = torch.tensor(model.parameters, dtype=dtype, requires_grad=True)

    def value() -> float:
        with torch.no_grad():
            return float(torch_models.loss(torch_models.STEPS[name], w, batch, floor))

    def both() -> float:
        w.grad = None
        loss = torch_models.loss(torch_models.STEPS[name], w, batch, floor)
        loss.backward()
        return float(loss.detach())

    both()
    alone, _ = least(value, repeats)
    together, loss = least(both, repeats)
    size = len(log) / 1e9
    return {"torch_loss": loss, "torch_value_ns": alone / size, "torch_gradient_ns": together / size}


def row(log: ReviewLog, name: str, threads: int, repeats: int, bits: int) -> dict[str, Any]:
    found = {**ours(log, name, threads, repeats), **theirs(log, name, threads, repeats, bits)}
    if "torch_loss" in found:
        apart = abs(found["torch_loss"] / found["loss"] - 1.0)
        if apart > AGREEMENT:
            raise SystemExit(f"{name}: losses differ by {apart:.1e} of their value")
        found["ratio"] = found["torch_gradient_ns"] / found["gradient_ns"]
    return found


def show(found: dict[str, Any]) -> None:
    line = f"{found['model']:22} {found['value_ns']:9.1f} {found['gradient_ns']:9.1f}"
    if "ratio" in found:
        line += f" {found['torch_value_ns']:9.1f} {found['torch_gradient_ns']:9.1f} {found['ratio']:7.1f} x"
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    fitted = [name for name in MODELS if declared(equations(name)).fitted]
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--bits", type=int, default=32, choices=(32, 64))
    parser.add_argument("--models", nargs="+", default=fitted, choices=fitted, metavar="NAME")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    log = rp.simulate_log(cards=max(given.reviews // 11, 1), days=None, seed=1)
    if not given.json:
        torch = f"torch with {given.bits} bits"
        print(f"{len(log):,} reviews of {log.cards:,} cards, {given.threads} threads, {torch}; ns a review")
        heads = ("value", "and grad", "torch", "and grad", "ratio")
        print(f"{'model':22}" + "".join(f" {head:>9}" for head in heads))
    rows = []
    for name in given.models:
        rows.append(row(log, name, given.threads, given.repeats, given.bits))
        if not given.json:
            show(rows[-1])
    if given.json:
        print(json.dumps({"reviews": len(log), "threads": given.threads, "bits": given.bits, "models": rows}))


if __name__ == "__main__":
    main()
