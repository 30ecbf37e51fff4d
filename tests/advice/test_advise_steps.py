"""Advice on steps: the statistics against plain loops, verdicts, intervals, hostile logs."""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np
import pytest

import repetita as rp
from repetita.advice import advise_steps, short_term_samples
from repetita.advice.short_term import recall
from repetita.errors import NoReviews, UnknownName, UsageError
from repetita.reviews import ReviewLog, read_reviews

DAY_MS = 86_400_000


def learner(cards: int, seed: int, *, again: float, good: float, lapse: float, shares=(0.5, 0.0, 0.5)):
    """A log of two or three buttons from known stabilities in seconds; first delays around 10 minutes."""
    random = np.random.default_rng(seed)
    rows = []
    for card in range(cards):
        at = int(random.integers(0, 60)) * DAY_MS + int(random.integers(0, 3 * 3_600_000))
        first = int(random.choice((1, 2, 3), p=shares))
        rows.append((card, at, first))
        delay = random.lognormal(np.log(600.0), 0.7)
        at += int(1000 * delay)
        rows.append((card, at, 3 if random.random() < recall(delay, again if first == 1 else good) else 1))
        at += 5 * DAY_MS
        rows += [(card, at - 3 * DAY_MS, 3), (card, at, 1)]
        delay = random.lognormal(np.log(600.0), 0.7)
        at += int(1000 * delay)
        rows.append((card, at, 3 if random.random() < recall(delay, lapse) else 1))
    card, at, rating = zip(*rows, strict=True)
    return ReviewLog.from_arrays(card_id=card, rating=rating, review_time_ms=at)


@pytest.fixture(scope="module")
def two_buttons() -> ReviewLog:
    return learner(1200, 3, again=400.0, good=4000.0, lapse=900.0)


def looped(log: ReviewLog) -> dict[str, list[tuple[float, bool]]]:
    """The samples by plain loops over cards, on states in the common numbering."""
    found = defaultdict(list)
    names = {1: "again", 2: "hard", 3: "good"}
    pairs = {(1, 3): "again then good", (3, 1): "good then again"}
    for low, high in zip(log.offsets[:-1], log.offsets[1:], strict=True):
        times, ratings = log.review_times_ms[low:high].tolist(), log.ratings[low:high].tolist()
        states = log.states[low:high].tolist()

        def answer(i, times=times, ratings=ratings):
            return (times[i] - times[i - 1]) / 1000.0, ratings[i] > 1

        if ratings[0] in names and len(ratings) > 1:
            found[names[ratings[0]]].append(answer(1))
        if len(ratings) > 2 and tuple(ratings[:2]) in pairs:
            found[pairs[tuple(ratings[:2])]].append(answer(2))
        for i in range(len(ratings) - 1):
            if states[i] == 2 and ratings[i] == 1:
                found["lapse"].append(answer(i + 1))
    return found


@pytest.mark.realdata
def test_samples_of_a_real_collection_are_those_of_plain_loops(shared):
    log = read_reviews(shared / "anki" / "real_log.colpkg")
    found, expected = short_term_samples(log), looped(log)
    assert {name: len(answers) for name, answers in found.items()} == {
        name: len(expected[name]) for name in found
    }
    for name, answers in found.items():
        pairs = list(zip(answers.delay_seconds.tolist(), answers.recalled.tolist(), strict=True))
        assert pairs == expected[name]


@pytest.mark.realdata
def test_real_collection_end_to_end(shared):
    log = read_reviews(shared / "anki" / "real_log.colpkg")
    advice = advise_steps(log, learning_steps="1m 10m", relearning_steps="10m")
    again = advice.sample("again")
    assert (again.count, again.recalled) == (867, 558)
    assert advice.sample("hard").count == 0
    assert [step.verdict for step in advice.steps] == ["shorten", "keep", "shorten"]
    assert advice.learning_steps == "8s 12m"


def test_known_memory_is_found(two_buttons):
    advice = advise_steps(two_buttons, 0.9)
    truth = {"again": 400.0, "good": 4000.0, "lapse": 900.0}
    for name, stability in truth.items():
        sample = advice.sample(name)
        assert stability in sample.stability_interval, name
        assert sample.stability_seconds in sample.stability_interval
    first, second, relearning = advice.steps
    assert first.seconds == pytest.approx(advice.sample("again").stability_seconds)
    assert second.seconds == pytest.approx(advice.sample("good").stability_seconds)
    assert relearning.seconds == pytest.approx(advice.sample("lapse").stability_seconds)
    assert {step.verdict for step in advice.steps} == {"use"}
    assert "Hard" not in first.sentence


def test_intervals_of_steps_hold_their_level():
    inside = np.zeros(3)
    for seed in range(60):
        advice = advise_steps(learner(400, seed, again=400.0, good=4000.0, lapse=900.0), seed=seed)
        for i, truth in enumerate((400.0, 4000.0, 900.0)):
            inside[i] += truth in advice.steps[i].interval
    assert (inside >= 53).all(), inside


@pytest.mark.parametrize(
    ("steps", "verdicts"),
    [
        ("10s 10h", ["lengthen", "shorten"]),
        ("400s 4000s", ["keep", "keep"]),
        ("400s", ["keep", "add"]),
        ("", ["add", "add"]),
        ("400s 4000s 10m 1d", ["keep", "keep", "unknown", "drop"]),
    ],
)
def test_verdicts_on_the_steps_in_use(two_buttons, steps, verdicts):
    advice = advise_steps(two_buttons, learning_steps=steps)
    learning = [step for step in advice.steps if step.kind == "learning"]
    assert [step.verdict for step in learning] == verdicts
    for step in learning:
        assert step.sentence.startswith(f"Learning step {step.position}: ")
    assert advice.summary().count("\n") >= len(learning)


def test_memory_of_days_needs_no_steps():
    log = learner(600, 5, again=400_000.0, good=500_000.0, lapse=100_000_000.0)
    advice = advise_steps(log, learning_steps="1m 10m", relearning_steps="10m")
    assert [step.verdict for step in advice.steps] == ["drop", "drop", "drop"]
    assert advice.learning_steps == advice.relearning_steps == ""
    assert "leave the field empty" in advice.summary()
    assert advice.sample("lapse").stability_seconds is None
    assert advice.sample("lapse").stability_interval.low > 600.0
    json.dumps(advice.to_dict(), allow_nan=False)
    assert advise_steps(log).steps[0].verdict == "drop"


def test_few_answers_keep_what_there_is():
    advice = advise_steps(learner(60, 1, again=400.0, good=4000.0, lapse=900.0), learning_steps="1m")
    assert [step.seconds for step in advice.steps] == [None, None, None]
    assert [step.verdict for step in advice.steps] == ["keep", "unknown", "unknown"]
    assert "too few answers" in advice.steps[0].sentence
    assert "100 are needed" in advice.steps[0].sentence
    assert advice.learning_steps is None
    assert advice.relearning_steps is None


def test_a_step_that_nothing_is_known_about_stays():
    log = learner(400, 4, again=400.0, good=4000.0, lapse=900.0, shares=(0.1, 0.0, 0.9))
    assert advise_steps(log).learning_steps is None
    advice = advise_steps(log, learning_steps="1m 10m 30m 2d")
    second = advice.steps[1].text
    assert [step.verdict for step in advice.steps[:2]] == ["keep", "lengthen"]
    assert advice.learning_steps == f"1m {second} 30m"
    assert advise_steps(log, learning_steps="").learning_steps == second


def test_the_helper_s_rule_wants_three_hundred_answers_for_the_second_step():
    log = learner(300, 2, again=400.0, good=4000.0, lapse=900.0)
    assert advise_steps(log, rule="helper").steps[1].seconds is None
    consistent = advise_steps(log)
    assert consistent.steps[1].seconds == pytest.approx(consistent.sample("good").stability_seconds)
    helper = advise_steps(log, 0.8, rule="helper").steps[0].seconds
    assert helper == pytest.approx(consistent.steps[0].seconds * (0.8**-2 - 1) / (0.9**-2 - 1))


def test_same_seed_same_advice_whatever_the_states(two_buttons):
    one, two = advise_steps(two_buttons, seed=5), advise_steps(two_buttons, seed=5)
    assert one.to_dict() == two.to_dict()
    assert one.to_frame().equals(two.to_frame())
    assert advise_steps(two_buttons, seed=6).steps[0].seconds == one.steps[0].seconds


def test_exported_at_the_top():
    assert rp.advise_steps is advise_steps
    assert "StepAdvice(learning_steps=" in repr(
        rp.advise_steps(learner(20, 1, again=9.0, good=9.0, lapse=9.0))
    )


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"desired_retention": 1.0}, UsageError, "expected a number from 0.7 to 0.99"),
        ({"desired_retention": "x"}, UsageError, "expected a number"),
        ({"desired_retention": float("nan")}, UsageError, "expected a number"),
        ({"rule": "helpr"}, UnknownName, "did you mean 'helper'"),
        ({"learning_steps": "ten"}, UsageError, "learning_steps holds 'ten'"),
        ({"seed": -1}, UsageError, "seed is -1"),
    ],
)
def test_bad_arguments_are_explained(two_buttons, arguments, error, words):
    with pytest.raises(error, match=words):
        advise_steps(two_buttons, **arguments)


def test_logs_that_cannot_speak():
    with pytest.raises(NoReviews):
        advise_steps(ReviewLog.from_histories([]))
    with pytest.raises(UsageError, match="not their time of day"):
        advise_steps(ReviewLog.from_histories([[(0, 1), (0, 3), (2, 3)]]))
    with pytest.raises(UsageError):
        advise_steps([1, 2, 3])
    single = advise_steps(ReviewLog.from_histories([[(0, 3)]]))
    assert single.sample("good").count == 0
    assert single.sample("good").recall is None
    with pytest.raises(UnknownName):
        single.sample("goood")
    # exact seconds without review times are enough
    exact = ReviewLog.from_arrays(
        card_id=[1, 1], rating=[1, 3], elapsed_days=[0, 0], elapsed_seconds=[0.0, 60.0]
    )
    assert advise_steps(exact).sample("again").count == 1
