"""A memory model of one's own, in three parameters: added, fitted, benchmarked, and asked when to review.

    python examples/new_model.py

The equations are the first part of this file; the rest uses them as any other model of the package.
"""

from datetime import UTC, datetime
from math import exp, log

import repetita as rp
from repetita.equations import Parameter

TITLE = "A power curve in three parameters"
STATE = ("stability",)
PARAMETERS = (
    Parameter("start", 1.8, 0.01, 100.0, 2.0, "days", "stability after a first Good", "log", sd=1.0),
    Parameter("growth", 8.0, 0.01, 100.0, 5.0, "1", "gain of a success at recall 0", "log", sd=0.7),
    Parameter("fade", 0.1, 0.01, 2.0, 0.1, "1", "exponent of the forgetting curve", "log", sd=0.7),
)


def prepare(w, o):
    """What depends on the parameters only: nothing here."""
    return ()


def first(w, c, o, rating):
    """State after the first review."""
    return (w[0] * exp(1.2 * (rating - 3.0)),)


def recall(w, c, o, state, days):
    """Probability of recall some days after the last review."""
    return exp(-w[2] * log(1.0 + days / state[0]))


def after(w, c, o, state, days, rating):
    """State after a later review: what was nearly forgotten gains most."""
    if rating == 1:
        return (0.3 * state[0],)
    gain = w[1] * (rating - 1.0) * (1.0 - recall(w, c, o, state, days))
    return (min(state[0] * (1.0 + gain), 36500.0),)


def main() -> None:
    """Adds the model, fits it, compares it over several users, and plans the reviews of a card."""
    rp.register_model("power", __file__)
    reviews = rp.simulate_log(cards=400, days=300, seed=1)
    fitted = rp.fit(reviews, "power")
    print(fitted.summary(), end="\n\n")

    users = {seed: rp.simulate_log(cards=100, days=200, seed=seed) for seed in (1, 2, 3, 4)}
    print(rp.benchmark(users, ["power", "fsrs6", "average"], workers=2).to_text(), end="\n\n")

    scheduler = rp.Scheduler(fitted.model, desired_retention=0.9, learning_steps=(), relearning_steps=())
    card, at = rp.Card(card_id=1), datetime(2026, 1, 1, 9, tzinfo=UTC)
    for rating in (rp.Rating.GOOD, rp.Rating.GOOD, rp.Rating.AGAIN, rp.Rating.GOOD):
        card, _ = scheduler.review(card, rating, at=at)
        print(f"{rating.name} on {at:%d %B %Y}: next on {card.due:%d %B %Y}")
        at = card.due


if __name__ == "__main__":
    main()
