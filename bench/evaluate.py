"""Log loss and RMSE(bins) of given parameters on a large log: ours against fsrs-rs.

    python bench/evaluate.py [--reviews 1000000] [--seed 1]

Both judge the same simulated reviews with the same parameters and weigh them as fsrs-rs does (cubic recency
weights). Like is compared with like. Prepared: our log was looked at before, its derived columns are kept
with it; the peer's items are made. From plain arrays: our log is made of them and has derived nothing yet
(cleaning, packing, order in time, lapses and the like included); the peer makes its items, too. The mixed
ratio, our first look at a log against the peer's finished items, is printed for those who want it. The peer
adds float32 numbers one after the other, so its log loss drifts on large logs; beside ours stands the same
sum made its way.
"""

from __future__ import annotations

import argparse
import gc
import os
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any, NamedTuple

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

    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    judged(log, given)
    raw, first, again, peers = Cost(), Cost(), Cost(), Cost()
    arrays = in_time(log)
    for _ in range(REPEATS):
        first = first.least(timed(judged, made_of(arrays), given)[0])
        raw = raw.least(timed(lambda: judged(made_of(arrays), given))[0])
        spent, ours = timed(judged, log, given)
        again = again.least(spent)
    # made only now, so that ours need not work among millions of the peer's objects
    making, (items, _) = timed(peer.items_of, log)
    for _ in range(REPEATS):
        spent, theirs = timed(peer.evaluate, list(given.parameters), items)
        peers = peers.least(spent)

    print(f"{log}; least of {REPEATS} runs; load average before: {load}\n")
    columns = f"{'wall s':>9}{'ratio':>8}{'CPU s':>8}{'ratio':>8}"
    print(f"{'':38}{columns}{'log loss':>12}{'RMSE(bins)':>12}")
    whole = Cost(making.wall + peers.wall, making.processor + peers.processor)
    pairs = (
        ("ours, prepared", again, peers),
        ("ours, from plain arrays", raw, whole),
        ("ours, first look (against prepared)", first, peers),
    )
    for name, cost, other in pairs:
        figures = f"{ours.log_loss:12.6f}{ours.rmse_bins:12.6f}"
        wall = f"{cost.wall:9.3f}{other.wall / cost.wall:8.1f}"
        print(f"{name:38}{wall}{cost.processor:8.3f}{other.processor / cost.processor:8.1f}{figures}")
    print(
        f"{'fsrs-rs, evaluate (prepared)':38}{peers.wall:9.3f}{'':8}{peers.processor:8.3f}{'':8}"
        f"{theirs[0]:12.6f}{theirs[1]:12.6f}"
    )
    print(f"{'fsrs-rs, making items from our log':38}{making.wall:9.3f}{'':8}{making.processor:8.3f}")
    single = summed_in_float32(ours)
    print(f"{'ours, added as the peer does':38}{'':33}{single:12.6f}\n")
    gaps = (abs(single - theirs[0]), abs(ours.rmse_bins - theirs[1]))
    verdict(f"figures agree within {AGREEMENT:g} ({gaps[0]:.0e}, {gaps[1]:.0e})", max(gaps) <= AGREEMENT)
    for name, cost, other in pairs[:2]:
        told = name.removeprefix("ours, ")
        verdict(f"at least {PROMISED:g} x the peer, both {told}", other.wall / cost.wall >= PROMISED)


def judged(log: rp.ReviewLog, given: rp.MemoryModel) -> Evaluation:
    """An evaluation whose two figures have been computed."""
    found = rp.evaluate(log, given, weights="cubic")
    _ = found.log_loss, found.rmse_bins
    return found


def in_time(log: rp.ReviewLog) -> dict[str, Any]:
    """The same reviews as an app stores them: plain arrays in order of time."""
    order = log.time_order
    return {
        "card_id": np.repeat(log.card_ids, np.diff(log.offsets))[order],
        "rating": log.ratings[order],
        "review_time_ms": log.review_times_ms[order],
        "day_rule": log.day_rule,
    }


def made_of(arrays: dict[str, Any]) -> rp.ReviewLog:
    """A log that has derived nothing yet."""
    return rp.ReviewLog.from_arrays(**arrays)


def summed_in_float32(found: Evaluation) -> float:
    """The weighted log loss, added up one review after the other in float32, in order of time."""
    sample = found.scores.sample
    order = np.argsort(sample.log.review_times_ms[sample.rows], kind="stable")
    weights = np.asarray(sample.weights, dtype=np.float32)[order]
    losses = found.scores.losses.astype(np.float32)[order] * weights
    total, count = (np.cumsum(values, dtype=np.float32)[-1] for values in (losses, weights))
    return float(total / count)


class Cost(NamedTuple):
    """Wall time and processor time (all threads) in seconds; of nothing yet, endless."""

    wall: float = float("inf")
    processor: float = float("inf")

    def least(self, other: Cost) -> Cost:
        """The lesser of each time."""
        return Cost(*map(min, self, other))


def timed(task: Callable[..., Any], *given: Any) -> tuple[Cost, Any]:
    gc.collect()
    wall, processor = perf_counter(), process_time()
    result = task(*given)
    return Cost(perf_counter() - wall, process_time() - processor), result


def verdict(claim: str, holds: bool) -> None:
    print(f"{'reached' if holds else 'MISSED '}  {claim}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
