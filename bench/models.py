"""Loss and gradient of every model that is fitted: nanoseconds a review, and how much longer torch takes.

    python bench/models.py [--reviews 1000000] [--threads 2] [--bits 32] [--models fsrs6 fsrs7] [--json]

The log is simulated; its reviews have the time of day, so that models of fractional days have something to
do. Both sides take turns, and shown is the least of some repetitions: first by the clock, then the time of
all processors, which a busy machine changes less. Where no processor is free, torch's threads wait for each
other in loops that count as work: then compare with ``--threads 1``. The torch side (`torch_models.py`,
forward and backward through autograd) is vectorized over cards and computes nothing for padding; its loss
must agree with ours. Its numbers have 32 bits, as in the trainers, or with ``--bits 64`` as many as ours. It
is left out where torch is not installed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np

import repetita as rp
from repetita.equations import MODELS, declared, equations
from repetita.fitting.weighted_log import WeightedLog
from repetita.reviews import ReviewLog

AGREEMENT = 1e-3


class Spent(NamedTuple):
    """Least seconds of some repetitions, and the result of the last."""

    wall: float
    processor: float
    result: Any


def in_turns(tasks: dict[str, Callable[[], Any]], repeats: int) -> dict[str, Spent]:
    """Every task once, then every task again: what disturbs the machine for a while disturbs them all."""
    spent = dict.fromkeys(tasks, Spent(float("inf"), float("inf"), None))
    for _ in range(repeats):
        for name, task in tasks.items():
            began = perf_counter(), process_time()
            result = task()
            wall, processor = perf_counter() - began[0], process_time() - began[1]
            before = spent[name]
            spent[name] = Spent(min(before.wall, wall), min(before.processor, processor), result)
    return spent


def ours(log: ReviewLog, name: str, threads: int) -> dict[str, Callable[[], Any]]:
    model = rp.model(name)
    unit = model.equations.UNIT
    rows = ((log.elapsed(unit) > 0.0) & ~log.first).astype(np.float64)
    objective = WeightedLog.of(log, unit, rows).objective(model, threads)
    w = np.array(model.parameters)
    return {
        "value": lambda: objective.value(w),
        "gradient": lambda: objective.value_and_gradient(w)[0],
    }


def theirs(log: ReviewLog, name: str, threads: int, bits: int) -> dict[str, Callable[[], Any]]:
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

    return {"torch_value": value, "torch_gradient": both}


def row(log: ReviewLog, name: str, threads: int, repeats: int, bits: int) -> dict[str, Any]:
    tasks = {**ours(log, name, threads), **theirs(log, name, threads, bits)}
    in_turns(tasks, 1)  # compiles, and makes what is made once
    spent = in_turns(tasks, repeats)
    found: dict[str, Any] = {"model": name, "loss": spent["gradient"].result}
    for task, (wall, processor, _) in spent.items():
        found[f"{task}_ns"] = wall * 1e9 / len(log)
        found[f"{task}_processor_ns"] = processor * 1e9 / len(log)
    if "torch_gradient" in spent:
        found["torch_loss"] = spent["torch_gradient"].result
        apart = abs(found["torch_loss"] / found["loss"] - 1.0)
        if apart > AGREEMENT:
            raise SystemExit(f"{name}: losses differ by {apart:.1e} of their value")
        for clock in ("", "processor_"):
            found[f"{clock}ratio"] = found[f"torch_gradient_{clock}ns"] / found[f"gradient_{clock}ns"]
    return found


def show(found: dict[str, Any]) -> None:
    cells = [f"{found['model']:22}", f"{found['loss']:11.1f}"]
    for clock in ("", "processor_"):
        keys = (f"{task}_{clock}ns" for task in ("value", "gradient", "torch_value", "torch_gradient"))
        cells += [f"{found[key]:8.1f}" if key in found else f"{'':8}" for key in keys]
        cells.append(f"{found[f'{clock}ratio']:5.1f} x" if "torch_loss" in found else f"{'':7}")
    print(" ".join(cells).rstrip(), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    fitted = [name for name in MODELS if declared(equations(name)).fitted]
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=25)
    parser.add_argument("--bits", type=int, default=32, choices=(32, 64))
    parser.add_argument("--models", nargs="+", default=fitted, choices=fitted, metavar="NAME")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    log = rp.simulate_log(cards=max(given.reviews // 11, 1), days=None, seed=1)
    if not given.json:
        torch = f"torch with {given.bits} bits"
        print(f"{len(log):,} reviews of {log.cards:,} cards, {given.threads} threads, {torch}; ns a review")
        heads = " ".join(f"{head:>8}" for head in ("value", "and grad", "torch", "and grad")) + "   ratio"
        print(f"{'':34} {'by the clock':43} time of all processors")
        print(f"{'model':22} {'loss':>11} {heads} {heads}")
    rows = []
    for name in given.models:
        rows.append(row(log, name, given.threads, given.repeats, given.bits))
        if not given.json:
            show(rows[-1])
    if given.json:
        print(json.dumps({"reviews": len(log), "threads": given.threads, "bits": given.bits, "models": rows}))


if __name__ == "__main__":
    main()
