"""From reviews to parameters you can trust: read, fit, judge, draw.

    python examples/fit_your_log.py [LOG] [PAGE.html]

LOG is an Anki collection or a table of reviews; without it a log is simulated. With PAGE the report goes
there (needs ``pip install "repetita[plot]"``).
"""

import sys
from pathlib import Path

import repetita as rp


def main(source: str | None = None, page: str | None = None) -> None:
    """Read or simulate a log, fit FSRS-6, say how good and how sure the result is."""
    log = rp.read_reviews(source) if source else rp.simulate_log(cards=400, days=300, seed=1)
    print(log)
    print(log.funnel, end="\n\n")

    # the fit says what it found, how sure it is, and what it could not learn
    result = rp.fit(log)
    print(result.summary(), end="\n\n")

    # in-sample figures flatter; this fits on earlier reviews and judges on later ones
    comparison = rp.compare(log, "fsrs6", "defaults")
    print(comparison.summary(), end="\n\n")

    # what it means for one card: days until recall has fallen to 90 %, after each first answer
    for rating, name in enumerate(("Again", "Hard", "Good", "Easy"), start=1):
        state = result.model.initial_state(rating)
        print(f"first answer {name}: {result.model.interval(state, desired_retention=0.9):.1f} days")

    if page:
        from repetita.report import Report

        judged = rp.evaluate(log, "fsrs6")
        Path(page).write_text(Report(log, result.model, result, judged).html(), encoding="utf-8")
        print(f"wrote {page}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
