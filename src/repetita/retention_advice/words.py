"""An advice on desired retention in plain sentences."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from repetita.equations import equations
from repetita.plurals import counted

if TYPE_CHECKING:
    from repetita.retention_advice.result import RetentionAdvice
    from repetita.retention_advice.worlds import OtherWorld

__all__ = ["advice_summary", "edge_warning", "minutes_text", "percent_text"]

CASES = "9 of 10 cases"
ALL = 0.99  # share of cards that is called all
NEARLY_ALL_TIME = 0.95


def percent_text(retention: float) -> str:
    """A desired retention as people set it.

    Example:
        >>> percent_text(0.9)
        '90 %'
    """
    return f"{100.0 * retention:.0f} %"


def minutes_text(minutes: float) -> str:
    """Minutes with as many digits as matter.

    Example:
        >>> minutes_text(0.42), minutes_text(7.61), minutes_text(31.7)
        ('0.4', '7.6', '32')
    """
    return f"{minutes:.1f}" if minutes < 9.95 else f"{minutes:,.0f}"


def advice_summary(advice: RetentionAdvice) -> str:
    """The answer, what it costs and brings, how sure it is, and what was taken for granted."""
    lines = [f"Set desired retention to {percent_text(advice.desired_retention)}."]
    lines += {"minutes": _of_minutes, "known": _of_known, "deck": _of_deck}[advice.goal.kind](advice)
    lines += _parts(advice)
    lines += _begun(advice)
    lines += _how_sure(advice)
    lines += [_world(advice, world) for world in advice.worlds]
    if advice.warning is not None:
        lines.append(f"Warning: {advice.warning}")
    return "\n".join([*lines, *advice.notes])


def _of_minutes(advice: RetentionAdvice) -> list[str]:
    """What can be known in the time there is."""
    amount = minutes_text(advice.goal.amount)
    if not advice.choice.met:
        return [
            f"The cards that you have take {_minutes(advice)} even so, more than the {amount} there are, "
            "which leaves no time for new ones."
        ]
    there = (
        f"the {amount} minutes a day that you spend now" if advice.goal.usual else f"{amount} minutes a day"
    )
    told = f"With {there}, you would know {_known(advice)}"
    if advice.minutes_per_day < NEARLY_ALL_TIME * advice.goal.amount:
        told += f"; it takes only {_minutes(advice)}"
    return [f"{told}."]


def _of_known(advice: RetentionAdvice) -> list[str]:
    """Whether so many cards can be known, and what it takes."""
    goal = advice.goal
    when = advice.by or f"day {advice.days:,}"
    if advice.choice.met:
        return [
            f"It takes the least time of all settings with which you know {goal.amount:,.0f} cards by "
            f"{when}: {_minutes(advice)}, for {_known(advice)}."
        ]
    told = (
        f"{goal.amount:,.0f} cards by {when} are out of reach with {counted(advice.new_per_day, 'new card')} "
        f"a day; this setting comes nearest: {_known(advice)}, for {_minutes(advice)}."
    )
    had = 0.0 if advice.having is None else float(advice.having.known[advice.choice.place])
    gained = advice.known - had
    if gained > 0.0:
        needed = ceil(advice.new_per_day * (goal.amount - had) / gained)
        told += f" With about {counted(needed, 'new card')} a day it could be reached."
    return [told]


def _of_deck(advice: RetentionAdvice) -> list[str]:
    """The least time for each card known."""
    return [
        f"It takes the least time for each card that you come to know: {_minutes(advice)}, for "
        f"{_known(advice)}."
    ]


def _minutes(advice: RetentionAdvice) -> str:
    """Minutes a day with their band."""
    low, high = (minutes_text(float(x)) for x in advice.bands.minutes_per_day[:, advice.choice.place])
    return f"{minutes_text(advice.minutes_per_day)} minutes a day ({low} to {high} in {CASES})"


def _known(advice: RetentionAdvice) -> str:
    """Known cards with their band."""
    low, high = (f"{float(x):,.0f}" for x in advice.bands.known[:, advice.choice.place])
    return (
        f"{advice.known:,.0f} of {advice.cards + _begun_cards(advice):,.0f} cards after "
        f"{counted(advice.days, 'day')} ({low} to {high} in {CASES})"
    )


def _parts(advice: RetentionAdvice) -> list[str]:
    """What the cards there are take and bring, and those to come."""
    begun, place = _begun_cards(advice), advice.choice.place
    pace = f"{min(begun / advice.days, advice.new_per_day):.3g}"
    new = f"{pace} new card{'' if pace == '1' else 's'} a day"
    if begun < ALL * advice.new_per_day * advice.days and begun >= ALL * advice.deck:
        new = f"{counted(round(begun), 'new card')}, {advice.new_per_day} a day,"
    if advice.having is None:
        return [f"That is for {new.rstrip(',')}, without the cards that you have already."]
    minutes, known = float(advice.having.minutes_per_day[place]), float(advice.having.known[place])
    lines = [
        f"The {counted(advice.cards, 'card')} that you have take {minutes_text(minutes)} of the minutes, and "
        f"you would know {known:,.0f} of them at the end ({advice.untouched:,.0f} without any more reviews)."
    ]
    if round(begun) and _is_cut(advice):
        left = minutes_text(max(advice.minutes_per_day - minutes, 0.0))
        lines.append(
            f"New cards get the other {left} minutes, time for about {pace} a day instead of "
            f"{advice.new_per_day}, and you would know {advice.known - known:,.0f} of {begun:,.0f}."
        )
    elif round(begun):
        left = minutes_text(max(advice.minutes_per_day - minutes, 0.0))
        lines.append(
            f"{new[0].upper()}{new[1:]} take {left} minutes, and you would know "
            f"{advice.known - known:,.0f} of {begun:,.0f}."
        )
    return lines


def _begun_cards(advice: RetentionAdvice) -> float:
    return float(advice.curve.introduced[advice.choice.place])


def _is_cut(advice: RetentionAdvice) -> bool:
    """Whether there is less time than all new cards would take."""
    return advice.goal.kind == "minutes" and _begun_cards(advice) < ALL * advice.deck


def _begun(advice: RetentionAdvice) -> list[str]:
    """Whether all cards are begun."""
    begun = _begun_cards(advice)
    if begun >= ALL * advice.deck or not advice.choice.met:
        return []
    if _is_cut(advice):
        if advice.having is not None:
            return []
        return [
            f"The time suffices for about {begun / advice.days:.3g} new cards a day instead of "
            f"{advice.new_per_day}: only {begun:,.0f} of {counted(advice.deck, 'new card')} would be begun."
        ]
    return [
        f"Only {begun:,.0f} of {counted(advice.deck, 'new card')} would be begun: "
        f"{counted(advice.days, 'day')} are too short for more."
    ]


def _how_sure(advice: RetentionAdvice) -> list[str]:
    lines = []
    low, high = advice.as_good
    if low < high:
        cheaper = ""
        if low < advice.desired_retention and advice.goal.kind == "minutes":
            minutes = float(advice.curve.minutes_per_day[advice.choice.first])
            if minutes < NEARLY_ALL_TIME * advice.minutes_per_day:
                cheaper = f"; {percent_text(low)} takes {minutes_text(minutes)} minutes a day"
        lines.append(
            f"Anything from {percent_text(low)} to {percent_text(high)} is as good within 1 %{cheaper}."
        )
    low, high = advice.bands.best
    where = (
        f"at {percent_text(low)}" if low == high else f"between {percent_text(low)} and {percent_text(high)}"
    )
    lines.append(
        f"What the log leaves open about your memory, together with luck, puts the best setting {where} in "
        f"{CASES}."
    )
    return lines


def _world(advice: RetentionAdvice, world: OtherWorld) -> str:
    place, title = advice.choice.place, equations(world.model).TITLE
    minutes = minutes_text(float(world.curve.minutes_per_day[place]))
    known = f"{float(world.curve.known[place]):,.0f}"
    best = (
        "it would be the best setting there, too"
        if world.desired_retention == advice.desired_retention
        else f"the best setting would be {percent_text(world.desired_retention)}"
    )
    fits = ""
    if world.log_loss == world.log_loss and advice.fit.log_loss == advice.fit.log_loss:
        better = "better" if world.log_loss < advice.fit.log_loss else "worse"
        fits = f" (which describes the log {better} than {equations(advice.fit.model.name).TITLE})"
    return (
        f"If memory works as {title} says{fits}, {percent_text(advice.desired_retention)} takes {minutes} "
        f"minutes a day and leaves {known} cards known; {best}."
    )


def edge_warning(advice: RetentionAdvice) -> str | None:
    """What an answer at the end of the range means, or None for one inside."""
    if advice.edge is None:
        return None
    head = (
        f"the answer lies at the {advice.edge} settings that were looked at, so a better one may lie beyond. "
    )
    return head + _reasons(advice)[advice.goal.kind, advice.edge]


def _reasons(advice: RetentionAdvice) -> dict[tuple[str, str], str]:
    spare = (
        f"The {minutes_text(advice.goal.amount)} minutes are not used up; with them you could learn more new "
        "cards a day."
    )
    if advice.minutes_per_day >= NEARLY_ALL_TIME * advice.goal.amount:
        spare = "Even so the time is used up."
    far = (
        "Even that is not enough."
        if not advice.choice.met
        else "No lower one gets there; more new cards a day would make it easier."
    )
    return {
        (
            "minutes",
            "lowest",
        ): "The time does not suffice for so many new cards; fewer of them would be known better.",
        ("minutes", "highest"): spare,
        (
            "known",
            "lowest",
        ): "The goal asks for little; a higher setting costs more time, but leaves more known.",
        ("known", "highest"): far,
        ("deck", "lowest"): (
            "The less is asked of each card, the less time each known card costs, whatever that means for "
            "how much you forget. Take it as a floor, and choose by the minutes that you want to spend."
        ),
        ("deck", "highest"): "Reviews are so cheap here that more of them always pay.",
    }
