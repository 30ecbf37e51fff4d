"""How much single runs scatter, and what shared random numbers take away."""

from __future__ import annotations

import numpy as np

import repetita as rp
from repetita.simulation import User
from repetita.sweeps import reference_point
from reproduction.people import Size
from reproduction.runs import run
from reproduction.table import table

__all__ = ["parts"]

RETENTIONS = tuple(np.linspace(0.50, 0.95, 16).round(3).tolist())
CLOSE = (0.85, 0.86)


def parts(size: Size) -> dict[str, str]:
    """Standard deviations over seeds, and the gate that single seeds fail."""
    seeds = size.seeds
    lanes = run(size, [User()], ["fsrs6"], desired_retention=RETENTIONS, seeds=range(seeds))
    memorized = lanes.memorized_average.reshape(len(RETENTIONS), seeds)
    minutes = lanes.minutes_per_day.reshape(len(RETENTIONS), seeds)
    high = np.array(RETENTIONS) >= 0.7
    scatter = [
        100 * values[high].std(axis=1, ddof=1) / values[high].mean(axis=1) for values in (minutes, memorized)
    ]
    corner = reference_point(np.stack([memorized.mean(axis=1), minutes.mean(axis=1)], axis=1))
    random = np.random.default_rng(0)
    mixed_seeds = np.stack([random.permutation(seeds) for _ in RETENTIONS])
    apart = [np.take_along_axis(values, mixed_seeds, axis=1) for values in (memorized, minutes)]
    areas, mixed = (
        np.array([rp.hypervolume(np.stack([m[:, s], t[:, s]], axis=1), corner) for s in range(seeds)])
        for m, t in ((memorized, minutes), apart)
    )
    close = run(size, [User()], ["fsrs6"], desired_retention=CLOSE, seeds=range(seeds))
    gains = []
    for values in (close.minutes_per_day, close.memorized_average):
        one, other = values.reshape(2, seeds)
        unpaired = np.roll(other, 1) - one
        gains.append(float(unpaired.std(ddof=1) / (other - one).std(ddof=1)))
    rows = (
        ("scatter of minutes a day, retention 0.70 and more", "0.92-0.97 %", _range(scatter[0], 2)),
        ("scatter of remembered cards, retention 0.70 and more", "0.001-0.03 %", _range(scatter[1], 3)),
        ("hypervolume of 16 retentions from 0.50 to 0.95", "42 738", f"{areas.mean():.0f}"),
        ("its scatter, each retention on a seed of its own", "0.19 %", _scatter(mixed)),
        ("its scatter, all retentions on one seed", "", _scatter(areas)),
        (
            "shared luck: difference in minutes of close policies",
            "3.1 times less scatter",
            f"{gains[0]:.1f} times",
        ),
        ("shared luck: difference in remembered cards", "2.5 times less scatter", f"{gains[1]:.1f} times"),
    )
    return {"noise": table(("figure", "published", "ours"), rows)}


def _scatter(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    return f"{100 * values.std(ddof=1) / values.mean():.2f} %"


def _range(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], digits: int) -> str:
    return f"{values.min():.{digits}f}-{values.max():.{digits}f} %"
