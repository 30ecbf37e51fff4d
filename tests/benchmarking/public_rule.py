"""The public benchmark read plainly: review by review, model by model, figure by figure. Slow and obvious."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import log

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import TimeSeriesSplit
from statsmodels.nonparametric.smoothers_lowess import lowess


def data_set(table, *, same_day=True, buttons=4, seconds=False):
    """Review numbers of the data set, from rows (card, rating, days, seconds) in file order."""
    cards = defaultdict(list)
    for number, (card, rating, days, passed) in enumerate(table, start=1):
        if rating in (1, 2, 3, 4):
            rating = 3 if buttons == 2 and rating in (2, 4) else rating
            cards[card].append((number, rating, max(days, 0), max(passed, 0)))
    histories = {card: rows[:128] for card, rows in cards.items()}
    if seconds:
        return sorted(number for rows in histories.values() for number, _, _, s in rows[1:] if s > 0)
    if not same_day:
        histories = {
            c: [row for i, row in enumerate(rows) if i == 0 or row[2] > 0] for c, rows in histories.items()
        }
    long_term = {card: [row for row in rows[1:] if row[2] > 0] for card, rows in histories.items()}
    firsts = defaultdict(list)
    for card, rows in long_term.items():
        if rows:
            firsts[histories[card][0][1]].append(rows[0][2])
    gone = set()
    for rating, days in firsts.items():
        removed, total = 0, len(days)
        for value, count in sorted(Counter(days).items(), key=lambda cell: (cell[1], -cell[0])):
            longest = 365 if rating == 4 else 100
            if removed + count < max(total * 0.05, 20) or count < 6 or value > longest:
                removed += count
                gone.add((rating, value))
    return sorted(
        number
        for card, rows in long_term.items()
        if rows and (histories[card][0][1], rows[0][2]) not in gone
        for number, *_ in rows
    )


def table_of(reviews):
    """Rows (card, rating, days, seconds) in order of time, as the public data set has them."""
    cards = np.repeat(reviews.card_ids, np.diff(reviews.offsets))
    days = np.where(reviews.first, -1, reviews.elapsed_days)
    seconds = np.where(reviews.first, -1, reviews.elapsed_seconds)
    columns = (cards, reviews.ratings, days, seconds)
    return [tuple(column[row].item() for column in columns) for row in reviews.time_order]


def predictions(memory, table, *, longest=128):
    """Predicted recall by review number, from 1: scalar equations, one card after the other."""
    states, seen, found = {}, Counter(), {}
    exact = memory.equations.UNIT != "days"
    for number, (card, rating, days, seconds) in enumerate(table, start=1):
        seen[card] += 1
        if seen[card] > longest:
            continue
        if card not in states:
            states[card] = memory.initial_state(rating)
            continue
        elapsed = max(seconds, 0.0) / 86400.0 if exact else float(max(days, 0))
        found[number] = memory.retrievability(states[card], elapsed)
        states[card] = memory.next_state(states[card], elapsed, rating)
    return found


def folds(numbers):
    """Pairs of training and test review numbers."""
    listed = np.array(numbers)
    return [(listed[train], listed[test]) for train, test in TimeSeriesSplit(5).split(listed)]


def row(user, table, numbers, predicted, **more):
    """A row in the ecosystem's schema, nothing of ours beside.

    Args:
        user: Its number.
        table: All reviews.
        numbers: Those of the data set.
        predicted: By review number, at least at the test reviews.
        more: Further fields.
    """
    tested = [number for _, test in folds(numbers) for number in test.tolist()]
    p = np.array([predicted[number] for number in tested])
    y = np.array([table[number - 1][1] > 1 for number in tested], dtype=float)
    eps = np.finfo(float).eps
    clipped = np.clip(p, eps, 1.0 - eps)
    spread = 0.01 * (p.max() - p.min())
    smooth = lowess(y, p, it=0, delta=spread, return_sorted=False)
    metrics = {
        "RMSE": np.sqrt(np.mean((y - p) ** 2)),
        "LogLoss": -np.mean(y * np.log(clipped) + (1.0 - y) * np.log(1.0 - clipped)),
        "RMSE(bins)": _rmse_bins(table, tested, p, y),
        "ICI": np.mean(np.abs(smooth - p)),
        "AUC": roc_auc_score(y, p) if 0.0 < y.mean() < 1.0 else None,
        "MBE": np.mean(p - y),
    }
    rounded = {name: None if value is None else round(float(value), 6) for name, value in metrics.items()}
    return {"metrics": rounded, "user": user, "size": len(tested), **more}


def _rmse_bins(table, tested, p, y):
    places, lapses, found = Counter(), Counter(), {}
    for number, (card, rating, days, _) in enumerate(table, start=1):
        if days == 0:
            continue
        places[card] += 1
        found[number] = (days, places[card], lapses[card])
        lapses[card] += days > 0 and rating == 1
    cells = defaultdict(list)
    for number, predicted, answer in zip(tested, p, y, strict=True):
        days, place, lapsed = found[number]
        cells[
            round(2.48 * 3.62 ** int(log(days) / log(3.62) + 1e-12), 2),
            round(1.99 * 1.89 ** int(log(place) / log(1.89) + 1e-12)),
            round(1.65 * 1.73 ** int(log(lapsed) / log(1.73) + 1e-12)) if lapsed else 0,
        ].append((predicted, answer))
    total = sum(len(cell) * (np.mean(cell, axis=0) @ [1.0, -1.0]) ** 2 for cell in cells.values())
    return np.sqrt(total / len(tested))
