"""What can be asked of a simulation, part by part, and what is refused in words."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import repetita as rp
from repetita import model
from repetita.errors import RepetitaError, UnknownName, UsageError
from repetita.registration import register_model
from repetita.simulation import PRESS_COSTS, Behavior, Cost, ShortTerm, Switches, simulate
from repetita.simulation.flat import flat_environment, flat_scheduler
from repetita.simulation.policies import AdrPolicy
from repetita.simulation.roles import linked
from repetita.simulation.running import plan
from repetita.simulation.specs import POLICIES, environment_names, scheduler_names

TINY = {"days": 12, "deck": 12, "seed": 1}


@pytest.mark.parametrize("name", environment_names())
def test_every_model_can_be_the_world(name):
    run = simulate(**TINY, environment=name)
    assert run.total_new == 12
    assert 0.0 <= run.projected <= 12.0


@pytest.mark.parametrize("name", [name for name in scheduler_names() if name not in POLICIES])
def test_every_scheduler_runs_in_every_mode_of_steps(name):
    for short_term in (None, "steps"):
        assert simulate(**TINY, scheduler=name, short_term=short_term, fuzz=True).total_reviews > 0


@pytest.mark.parametrize("priority", ["low_retrievability", "high_stability", "short_interval", "shuffled"])
def test_orders_of_reviews(priority):
    behavior = Behavior(new_limit=12, review_limit=4)
    log = simulate(**TINY, behavior=behavior, scheduler_priority=priority, scheduler="fsrs6").events
    assert len(np.unique(log.day[log.phase == 0])) > 5


def test_the_most_forgotten_comes_first():
    log = simulate(days=30, deck=60, behavior=Behavior(new_limit=10, review_limit=8), seed=2).events
    for day in range(10, 30):
        recalled = log.retrievability[(log.day == day) & (log.phase == 0)]
        assert (np.diff(recalled) >= -1e-12).all()


def test_a_registered_model_is_world_and_belief(tmp_path):
    """In the event engine and in flat form."""
    example = Path(__file__).parent.parent.parent / "examples" / "new_model.py"
    register_model("power_of_practice", example)
    made = plan(days=20, deck=20, environment="power_of_practice", scheduler="power_of_practice")
    assert made.run(1).total_reviews > 0
    space = linked(flat_environment(made.environments[0], made.switches).text)
    row, state = flat_environment(made.environments[0], made.switches).row, [0.0] * 4
    space["env_init"](row, state, 0, 3)
    assert tuple(state[: len(made.environments[0].first(3))]) == made.environments[0].first(3)
    assert flat_scheduler(made.schedulers[0], made.switches).text.state_size == len(
        made.environments[0].first(3)
    )


def test_one_scheduler_and_one_retention_a_card():
    names = ["fixed@2", "memrise"] * 6
    log = simulate(**TINY, scheduler=names).events
    assert set(log.interval_days[log.card_id % 2 == 0].tolist()) == {2.0}
    retentions = [0.7, 0.97] * 30
    log = simulate(days=1, deck=60, desired_retention=retentions, behavior=Behavior(new_limit=60)).events
    assert log.interval_days[::2].mean() > 2 * log.interval_days[1::2].mean()
    worlds = [model("fsrs6"), "hlr"] * 6
    assert simulate(**TINY, environment=worlds).config["environment"] == "per card"
    with pytest.raises(UsageError, match="3 values for 12 cards"):
        simulate(**TINY, scheduler=["fsrs6"] * 3)


def test_a_belief_has_the_parameters_of_its_world_unless_told_otherwise():
    parameters = [0.05, *model("fsrs6").parameters[1:]]
    made = plan(parameters=parameters)
    assert made.schedulers[0].memory == made.environments[0].memory
    assert plan(parameters=parameters, scheduler="fsrs6_default").schedulers[0].memory == model("fsrs6")
    assert plan(scheduler_parameters=parameters).schedulers[0].memory.parameters[0] == 0.05
    assert plan(environment="hlr").schedulers[0].memory == model("fsrs6")


def test_previous_ratings_matter_with_markov():
    rows = [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [9, 0, 0, 0]]
    behavior = Behavior(markov=rows, success_ratings=(0, 1, 0), new_limit=60)
    log = simulate(days=90, deck=60, behavior=behavior, seed=3).events
    seen = set()
    for card in range(60):
        ratings = log.rating[(log.card_id == card) & (log.phase == 0)].tolist()
        seen |= {pair for pair in pairwise(ratings) if pair[1] > 1}
    assert seen <= {(1, 2), (2, 3), (3, 4), (4, 3)}  # the last row has no success, so the usual share holds
    assert len(seen) == 4


def test_leeches_go_away():
    run = simulate(days=200, deck=60, leech_lapses=2, seed=4)
    log = run.events
    for card in range(60):
        lapses = ((log.card_id == card) & (log.phase == 0) & (log.rating == 1)).sum()
        assert lapses <= 2
    assert run.total_reviews < simulate(days=200, deck=60, seed=4).total_reviews


def test_limits_by_weekday():
    behavior = Behavior(new_limit=(1, 0, 2, 0, 3, 0, 0))
    assert simulate(days=14, deck=99, behavior=behavior).new.tolist() == [1, 0, 2, 0, 3, 0, 0] * 2
    assert Behavior(new_limit=np.array([1, 0, 2, 0, 3, 0, 0])) == Behavior(new_limit=[1, 0, 2, 0, 3, 0, 0])


def test_costs_by_what_is_simulated():
    assert plan().cost == Cost(relearning=Cost().review)
    assert plan(short_term="steps").cost == PRESS_COSTS
    assert plan(short_term="steps", compat="srs-simulator").cost == Cost(relearning=Cost().review)


def test_intervals_below_a_day_by_the_scheduler_itself():
    short = ShortTerm(source="sched", threshold_days=0.5)
    log = simulate(days=20, deck=40, environment="fsrs7", scheduler="fsrs7", short_term=short, seed=5).events
    steps = log.interval_days < 0.5
    assert steps.any()
    assert (log.interval_days[~steps] == np.floor(log.interval_days[~steps])).all()
    assert set(log.phase.tolist()) >= {0, 1, 3}


def test_results_are_values(tmp_path):
    run = simulate(**TINY)
    assert run.to_frame().height == 12
    assert run.events.to_frame()["phase"].dtype == pl.String
    assert repr(run).startswith("Simulation(fsrs6 in fsrs6, 12 days")
    assert run.to_dict()["config"]["seed"] == 1
    with pytest.raises(ValueError, match="read-only"):
        run.memorized[0] = 1.0
    assert simulate(**TINY, events=False).events is None


BAD = [
    ({"scheduler": "fsrs66"}, UnknownName, "did you mean 'fsrs6'"),
    ({"scheduler": "fsrs6@0.9"}, UsageError, "only fixed takes a value"),
    ({"scheduler": "fixed@0"}, UsageError, "above 0"),
    ({"scheduler": "fixed@nan"}, UsageError, "above 0"),
    ({"environment": "fsrs"}, UnknownName, "unknown environment"),
    ({"environment": object()}, UsageError, "'first' is missing"),
    ({"scheduler": 3}, UsageError, "is no scheduler"),
    ({"desired_retention": 1.0}, UsageError, r"in \(0, 1\)"),
    ({"desired_retention": math.nan}, UsageError, r"in \(0, 1\)"),
    ({"desired_retention": "high"}, UsageError, r"in \(0, 1\)"),
    ({"days": 0}, UsageError, "days is 0"),
    ({"deck": 0}, UsageError, "deck is 0"),
    ({"deck": 2.5}, UsageError, "whole number"),
    ({"seed": -1}, UsageError, "seed is -1"),
    ({"parameters": [1.0]}, RepetitaError, "21 parameters"),
    ({"parameters": [math.nan] * 21}, RepetitaError, "finite"),
    ({"environment": model("fsrs6"), "parameters": [1.0]}, UsageError, "has its own"),
    ({"scheduler": "memrise", "scheduler_parameters": [1.0]}, UsageError, "takes 0 parameters"),
    ({"scheduler_priority": "random"}, UnknownName, "scheduler priority"),
    ({"compat": "anki"}, UnknownName, "srs-simulator"),
    ({"switches": {"fuzzy": True}}, UnknownName, "unknown switch"),
    ({"short_term": "step"}, UnknownName, "did you mean 'steps'"),
    ({"short_term": "sched"}, UsageError, "counts whole days"),
    ({"behavior": Behavior(), "new_limit": 3}, UsageError, "beside a behavior"),
    ({"priority": "old-first"}, UsageError, "new-first"),
    ({"leech_lapses": 0}, UsageError, "leech_lapses"),
    ({"policy": "nowhere.json", "scheduler": "fsrs6_adr"}, RepetitaError, "no policy file"),
    ({"policy": AdrPolicy.constant(0.9)}, UsageError, "follows no policy"),
    ({"scheduler": "fixed@-3"}, UsageError, "fixed interval is -3.0 days"),
    ({"new_limt": 3}, UnknownName, "did you mean 'new_limit'"),
]


@pytest.mark.parametrize(("options", "error", "words"), BAD, ids=lambda value: str(value)[:24])
def test_bad_input_is_refused_in_words(options, error, words):
    with pytest.raises(error, match=words):
        rp.simulate(**(TINY | options))


@pytest.mark.parametrize(
    ("part", "given"),
    [
        (Behavior, {"attendance": 1.5}),
        (Behavior, {"first_ratings": [1, 2, 3]}),
        (Behavior, {"success_ratings": [0, 0, 0]}),
        (Behavior, {"success_ratings": [1, -1, 1]}),
        (Behavior, {"new_limit": -1}),
        (Behavior, {"review_limit": [1, 2]}),
        (Behavior, {"minutes_limit": math.nan}),
        (Behavior, {"markov": [[1, 2, 3, 4]] * 3}),
        (Behavior, {"vacations": [(5, 2)]}),
        (Behavior, {"vacations": [(5,)]}),
        (Behavior, {"vacations": [(5, "soon")]}),
        (Behavior, {"vacations": [5]}),
        (Behavior, {"new_limit": "tenfold"}),
        (Cost, {"review": [1, 2, 3]}),
        (Cost, {"learning": [1, 2, 3, -4]}),
        (Cost, {"penalty": math.inf}),
        (ShortTerm, {"learning_steps": [0]}),
        (ShortTerm, {"learning_steps": "1 10"}),
        (ShortTerm, {"relearning_steps": ["soon"]}),
        (ShortTerm, {"relearning_steps": 10}),
        (ShortTerm, {"loops_limit": -1}),
        (ShortTerm, {"threshold_days": 0.0}),
        (Switches, {"max_interval": 0}),
        (Switches, {"random": "dice"}),
    ],
)
def test_bad_parts_are_refused_in_words(part, given):
    with pytest.raises(UsageError, match=r"\w+ \w+"):
        part(**given)


class Costly(Cost):
    """A cost that is no number of seconds."""

    def review_seconds(self, retrievability, rating, card):
        return -1.0 if card.id % 2 else math.nan


def test_costs_of_ones_own_are_checked():
    with pytest.raises(UsageError, match="the cost of a press is"):
        simulate(**TINY, cost=Costly())
