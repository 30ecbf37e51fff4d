"""Log loss and RMSE(bins) of given parameters on a large log: ours against fsrs-rs.

    python bench/evaluate.py [--reviews 1000000] [--seed 1]

Both judge the same simulated reviews with the same parameters and weigh them as fsrs-rs does (cubic recency
weights). The peer is timed on finished items, whose making is timed beside. Ours is timed twice: on a log
that was looked at before, whose derived columns are kept with it as the peer's items are; and on one that has
derived nothing yet (packing, order in time, lapses and the like included). The peer adds float32 numbers one
after the other, so its log loss drifts on large logs; beside ours stands the same sum made its way.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import repetita as rp
from repetita.evaluation import Evaluation

REPEATS = 5
AGREEMENT = 1e-5
PROMISED = 10.0


def main() -> None:
    arguments = parse()
    import peer

    given = rp.model("fsrs6")
    log = rp.simulate_log(reviews=arguments.reviews, days=1500, seed=arguments.seed)
    judged(rp.simulate_log(cards=20, seed=0), given)  # compiles, or loads from the cache

    first = min(timed(judged, fresh(log), given)[0] for _ in range(REPEATS))
    judged(log, given)
    again, ours = best_time(lambda: judged(log, given))
    making, (items, _) = timed(peer.items_of, log)
    theirs_time, theirs = best_time(lambda: peer.evaluate(list(given.parameters), items))

    print(f"{log}; least of {REPEATS} runs\n")
    print(f"{'':38}{'seconds':>9}{'ratio':>8}{'log loss':>12}{'RMSE(bins)':>12}")
    for name, seconds in (("ours, looked at before", again), ("ours, first look at the log", first)):
        figures = f"{ours.log_loss:12.6f}{ours.rmse_bins:12.6f}"
        print(f"{name:38}{seconds:9.3f}{theirs_time / seconds:8.1f}{figures}")
    print(f"{'fsrs-rs, evaluate':38}{theirs_time:9.3f}{'':8}{theirs[0]:12.6f}{theirs[1]:12.6f}")
    print(f"{'fsrs-rs, making items from our log':38}{making:9.3f}")
    single = summed_in_float32(ours)
    print(f"{'ours, added as the peer does':38}{'':17}{single:12.6f}\n")
    gaps = (abs(single - theirs[0]), abs(ours.rmse_bins - theirs[1]))
    verdict(f"figures agree within {AGREEMENT:g} ({gaps[0]:.0e}, {gaps[1]:.0e})", max(gaps) <= AGREEMENT)
    verdict(
        f"at least {PROMISED:g} x the peer's evaluate, log looked at before", theirs_time / again >= PROMISED
    )
    verdict(
        f"at least {PROMISED:g} x the peer's evaluate, first look at the log", theirs_time / first >= PROMISED
    )


def judged(log: rp.ReviewLog, given: rp.MemoryModel) -> Evaluation:
    """An evaluation whose two figures have been computed."""
    found = rp.evaluate(log, given, weights="cubic")
    _ = found.log_loss, found.rmse_bins
    return found


def fresh(log: rp.ReviewLog) -> rp.ReviewLog:
    """The same reviews, as an app stores them (in order of time), in a log that has derived nothing yet."""
    order = log.time_order
    return rp.ReviewLog.from_arrays(
        card_id=np.repeat(log.card_ids, np.diff(log.offsets))[order],
        rating=log.ratings[order],
        review_time_ms=log.review_times_ms[order],
        day_rule=log.day_rule,
    )


def summed_in_float32(found: Evaluation) -> float:
    """The weighted log loss, added up one review after the other in float32, in order of time."""
    sample = found.scores.sample
    order = np.argsort(sample.log.review_times_ms[sample.rows], kind="stable")
    weights = np.asarray(sample.weights, dtype=np.float32)[order]
    losses = found.scores.losses.astype(np.float32)[order] * weights
    total, count = (np.cumsum(values, dtype=np.float32)[-1] for values in (losses, weights))
    return float(total / count)


def timed(task: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    gc.collect()
    began = perf_counter()
    result = task(*given)
    return perf_counter() - began, result


def best_time(task: Callable[[], Any]) -> tuple[float, Any]:
    """Least wall time of some repetitions, and the result."""
    runs = [timed(task) for _ in range(REPEATS)]
    return min(seconds for seconds, _ in runs), runs[-1][1]


def verdict(claim: str, holds: bool) -> None:
    print(f"{'reached' if holds else 'MISSED '}  {claim}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
