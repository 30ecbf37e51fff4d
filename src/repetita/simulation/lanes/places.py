"""Where a lane keeps what: places in the flat rows and arrays that its text reads and writes.

A lane is one run: a user, a scheduler, a setting. Everything about it is in one row of whole numbers
(`SEED` and so on), one row of floats (`ATTENDANCE` and so on), the rows of its world and its scheduler, and
work space that the next lane uses again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from repetita.simulation import history_roles

__all__ = ["Queues"]

# whole numbers of a lane
(
    SEED,
    USER,
    DAYS,
    DECK,
    KNOWN,  # cards that were learned before, the first ones
    CARD_SIZE,  # floats of a card
    BELIEF,  # where in a card the belief begins: where the world's state does, if the two are the same
    MODE,
    FIRST_PHASE,
    SEES_PHASE,
    WORLD_CALENDAR,
    BELIEF_CALENDAR,
    FUZZ,
    SHORT_TERM,
    LEARNING_STEPS,
    RELEARNING_STEPS,
    STEP_LIMITS,
    SWEEPS,  # the limit of loops counts presses of a card; otherwise distinct times
    CARRIED,
    PRIORITY_EXACT,
    SAMPLED_AT_END,
    NEW_FIRST,
    NEW_CARDS_WAIT,
    MARKOV,
    LEECH_LAPSES,  # 0: never
    VACATIONS,
    DAILY,  # whether series have a place a day
    EVENTS,  # rows of the log
    SUCCESS_SHARES,  # where they are in the row of the world
) = range(29)
NUMBERS = 29

# values of SHORT_TERM
NO_SHORT_TERM, BY_STEPS, BY_SCHEDULER = 0, 1, 2

# values of CARRIED: when steps left over from earlier days are pressed
AMONG_REVIEWS, AFTER_NEW_CARDS, BEFORE_ALL = 0, 1, 2

# floats of a lane; the seconds of learning and relearning steps and the pairs of vacations follow
ATTENDANCE, LAZY_GOOD, LONGEST, THRESHOLD, LOOPS, BASE_SECONDS, PENALTY = 0, 1, 2, 3, 4, 5, 6
FIRST_SHARES = 7
COSTS = 11  # four by phase
LIMITS = 23  # new, reviews, seconds, by weekday
STEPS = 44

# floats of a card; the state of the world follows, then the belief
LAST, DUE, INTERVAL, REPS, PHASE, PREVIOUS, STATE = 0, 1, 2, 3, 4, 5, 6

# what few presses need is behind the floats of all cards, so that those of FSRS-6 fill one line of the cache
LAPSES, STEPS_LEFT, PRESSED_TODAY, RARE_SIZE = 0, 1, 2, 3

# counters of a lane and of its day
UNSEEN, WAITING, READY, IN_STEPS, LOGGED, STATUS, STATUS_CARD, STATUS_DAY = 0, 1, 2, 3, 4, 5, 6, 7
STOPPED, LEARNED, REVIEWED, LOOPS_TODAY = 8, 9, 10, 11
COUNTERS = 12

# floats of a lane while it runs: seconds spent today, time of the last loop
SPENT, LOOP_TIME = 0, 1
AMOUNTS = 2

# series, each with a place a day or a single one
REVIEWS, NEW_CARDS, AGAINS, PHASE_REVIEWS, PHASE_LAPSES, SHORT_LOOPS, LEARNING_SECONDS, REVIEW_SECONDS = (
    0, 1, 2, 3, 4, 5, 6, 7,
)  # fmt: skip
SERIES = 8

# values of STATUS
RUNS, BAD_RECALL, BAD_INTERVAL, HISTORY_FULL = 0, 1, 2, 3

# a recall or an interval that says so, a number of the lane's own text
FULL = history_roles.FULL

# the curve has the recall of the press at hand, then recall by days or its sum, then that at the end
CURVE = 1

# what the log has of a press
EVENT_SIZE = 10
NEW = 3  # phase of an introduction
PRESS_PURPOSE = 0


class Queues(NamedTuple):
    """Work space of a lane for the order of its cards.

    Attributes:
        head: First card of each day of the calendar, -1 for none.
        link: The next card on the same day.
        waiting: Cards that are due and not in today's heaps.
        keys: What due reviews are sorted by; with the two next ones a heap.
        dues: Their due times.
        ready: Their numbers.
        step_dues: Due times of cards in steps; with the next one a heap.
        steps: Their numbers.
        further: A number for each due review that is pressed.
        alone: The number of a card that is pressed alone.
        draws: Four numbers for it.
    """

    head: Any
    link: Any
    waiting: Any
    keys: Any
    dues: Any
    ready: Any
    step_dues: Any
    steps: Any
    further: Any
    alone: Any
    draws: Any
