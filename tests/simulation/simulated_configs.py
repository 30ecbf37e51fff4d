"""Runs that the golden figures of simulations describe."""

from __future__ import annotations

from repetita.simulation import Behavior, Cost, ShortTerm
from repetita.simulation.running import plan


def plan_of(config, **other):
    """The run that a configuration of the golden figures describes."""
    person, costs, steps, scheduler = (config[name] for name in ("behavior", "cost", "short_term", "sched"))
    behavior = Behavior(
        attendance=person["attendance"],
        lazy_good_bias=person["lazy_good_bias"],
        first_ratings=person["first_rating_prob"],
        success_ratings=person["review_rating_prob"],
        learning_success_ratings=person.get("learning_rating_prob"),
        relearning_success_ratings=person.get("relearning_rating_prob"),
        markov=person.get("review_markov_transition"),
        new_limit=person["learn_limit"],
        review_limit=person["review_limit"],
        minutes_limit=person["cost_limit_minutes"],
        priority=person["priority"],
    )
    short_term = steps and ShortTerm(
        learning_steps=steps["learning_steps"],
        relearning_steps=steps["relearning_steps"],
        loops_limit=config["short_term_loops_limit"],
    )
    fixed = scheduler["name"] == "fixed"
    return plan(
        environment=config["env"]["name"],
        parameters=config["env"].get("weights"),
        scheduler=f"fixed@{scheduler['interval']}" if fixed else scheduler["name"],
        scheduler_parameters=scheduler.get("weights"),
        scheduler_priority=scheduler.get("priority", "low_retrievability"),
        desired_retention=scheduler.get("dr", 0.9),
        days=config["days"],
        deck=config["deck"],
        behavior=behavior,
        cost=Cost(**costs),
        fuzz=config["fuzz"],
        short_term=short_term,
        **other,
    )
