"""Models whose state is the history of a card, in flat form: the texts of their roles.

A card keeps its presses in room of fixed size, and a recall goes through them as `repetita.history_model`
does. The row ``w`` says after the vectors of the model how many presses there is room for, then has room for
what a recall computes; every call uses it anew, and a lane has rows of its own. Where the room for presses is
full, a recall and an interval are `FULL`, so that the lane stops and can begin anew with more of it.

    features: presses; days since the press before, ratings
    pairs: presses, time; times, ratings, traces
"""

from __future__ import annotations

from string import Template
from types import ModuleType

from repetita.equations import declared

__all__ = ["CAPACITY", "FULL", "history_environment", "history_room", "history_scheduler", "history_size"]

FULL = -2.0
"""In place of a recall or an interval: there is no room for a press."""

CAPACITY = 64
"""Presses of a card for which there is room at first."""

# the press that is predicted stands behind the others while its features are computed
FEATURES = """
def history_recall(w, s, b, days):
    if s[b] < 0.0:
        return $full
    count, most = int(s[b]), int(w[$capacity])
    begin, ratings = b + 1, b + 1 + most
    s[begin + count] = days
    s[ratings + count] = 3.0
    same_day = w[$room : $room + count + 1]
    for i in range(count + 1):
        same_day[i] = 1.0 if s[begin + i] < 1.0 else 0.0
    flat = w[$room + most : $room + most + (count + 1) * $columns]
    for i in range((count + 1) * $columns):
        flat[i] = 0.0
    rows = flat.reshape((count + 1, $columns))
    features(s[begin : begin + count + 1], same_day, s[ratings : ratings + count + 1], rows)
    return recall($vectors, rows[count])


def note_in_history(w, s, b, days, rating):
    if s[b] < 0.0 or s[b] + 2.0 > w[$capacity]:
        s[b] = -1.0
        return
    count, most = int(s[b]), int(w[$capacity])
    s[b + 1 + count] = days
    s[b + 1 + most + count] = rating
    s[b] = count + 1.0


def begin_history(w, s, b, rating):
    s[b] = 0.0
    note_in_history(w, s, b, 0.0, rating)
"""

PAIRS = """
def total_of_history(w, s, b, now):
    count, most = int(s[b]), int(w[$capacity])
    times, ratings, traces = b + 2, b + 2 + most, b + 2 + 2 * most
    total = 0.0
    for i in range(max(count - $terms, 0), count):
        total = total + term($vectors, s[traces + i], now - s[times + i], int(s[ratings + i]))
    return total


def history_recall(w, s, b, days):
    if s[b] < 0.0:
        return $full
    return combine($vectors, total_of_history(w, s, b, s[b + 1] + days))


def note_in_history(w, s, b, days, rating):
    if s[b] < 0.0 or s[b] + 1.0 > w[$capacity]:
        s[b] = -1.0
        return
    count, most = int(s[b]), int(w[$capacity])
    now = s[b + 1] + days
    s[b + 2 + 2 * most + count] = memory($vectors, total_of_history(w, s, b, now))
    s[b + 2 + count] = now
    s[b + 2 + most + count] = rating
    s[b + 1] = now
    s[b] = count + 1.0


def begin_history(w, s, b, rating):
    s[b] = 0.0
    s[b + 1] = 0.0
    note_in_history(w, s, b, 0.0, rating)
"""

ENVIRONMENT = """
def env_init(w, s, b, rating):
    begin_history(w, s, b, rating)


def env_recall(w, s, b, days):
    return history_recall(w, s, b, days)


def env_next(w, s, b, days, rating):
    note_in_history(w, s, b, days, rating)
"""

# the row has the shortest interval and the desired retention before the capacity
SCHEDULER = """
def sch_recall(w, s, b, days):
    return history_recall(w, s, b, days)


def sch_interval(w, s, b, now):
    if s[b] < 0.0:
        return $full
    return max(w[$policy], $search(w, s, b, w[$policy + 1]))


def sch_init(w, s, b, rating, phase, now):
    begin_history(w, s, b, rating)
    return sch_interval(w, s, b, now)


def sch_next(w, s, b, days, previous, rating, phase, now):
    note_in_history(w, s, b, days, rating)
    return sch_interval(w, s, b, now)


def sch_key(w, s, b, days, previous, due, mode, u):
    recalled = history_recall(w, s, b, days) if mode <= 1 else 0.0
    return service_key(mode, recalled, 0.0, 0.0, previous, due, u)
"""


def history_size(module: ModuleType, capacity: int) -> int:
    """Numbers of a state with room for so many presses.

    Args:
        module: An equation file of kind "features" or "pairs".
        capacity: Presses of a card.
    """
    return 1 + 2 * capacity if by_features(module) else 2 + 3 * capacity


def history_room(module: ModuleType, capacity: int) -> tuple[float, ...]:
    """What follows the vectors in a row: the capacity, and room for what a recall computes."""
    room = capacity * (1 + len(module.FEATURES)) if by_features(module) else 0
    return (float(capacity), *(0.0,) * room)


def history_environment(module: ModuleType, vectors: str, at: int) -> str:
    """The text of a model of histories as the world.

    Args:
        module: An equation file of kind "features" or "pairs".
        vectors: Text of the three vectors of the model.
        at: Where what follows them begins.
    """
    return _history(module, vectors, at) + ENVIRONMENT


def history_scheduler(module: ModuleType, vectors: str, at: int, search: str) -> str:
    """The text of a model of histories as a belief; ``search`` names the function that finds intervals."""
    found = Template(SCHEDULER).substitute(policy=at, full=FULL, search=search)
    return _history(module, vectors, at + 2) + found


def by_features(module: ModuleType) -> bool:
    """Whether a recall is made of features, not of pairs of presses."""
    return declared(module).kind == "features"


def _history(module: ModuleType, vectors: str, at: int) -> str:
    places = {"vectors": vectors, "capacity": at, "room": at + 1, "full": FULL}
    if by_features(module):
        return Template(FEATURES).substitute(places, columns=len(module.FEATURES))
    return Template(PAIRS).substitute(places, terms=module.MOST_TERMS)
