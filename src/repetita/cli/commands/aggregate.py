"""``repetita aggregate``: means over users, and schedulers compared at equal memory."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._comparing import (
    COMPARING,
    OUTPUT,
    Files,
    epsilon_option,
    figure_options,
    names,
    pairs,
    results_argument,
    selection_options,
)
from repetita.cli._options import answer_options
from repetita.cli._terminal import Manner, print_table, say
from repetita.errors import UsageError
from repetita.plurals import counted

if TYPE_CHECKING:
    from repetita.sweeps import Aggregate, Dominance, Equivalence

SIZES = "Size of users"
BOXPLOTS = {
    "fsrs3_vs_fsrs6_boxplot": ("fsrs3", "fsrs6"),
    "fsrs6_default_vs_fsrs6_boxplot": ("fsrs6_default", "fsrs6"),
}


@click.command("aggregate", cls=Command, short_help="Compare schedulers over many users at equal memory.")
@results_argument
@selection_options
@option(
    "--equiv-report",
    "target",
    section=COMPARING,
    metavar="NAME",
    help="Scheduler whose curve is read at equal memory. Default: fsrs6.",
)
@option(
    "--equiv-baselines",
    "baselines",
    section=COMPARING,
    metavar="NAME[,NAME]|off",
    help="Schedulers with one point a user. Default: anki_sm2,memrise.",
)
@option(
    "--equiv-pairs",
    section=COMPARING,
    metavar="A:B[,A:B]",
    help="Match every desired retention of A with the curve of B.",
)
@option("--fsrs3-vs-fsrs6-boxplot", section=COMPARING, is_flag=True, help="The pair fsrs3:fsrs6.")
@option(
    "--fsrs6-default-vs-fsrs6-boxplot", section=COMPARING, is_flag=True, help="The pair fsrs6_default:fsrs6."
)
@option(
    "--equiv-require-monotonic",
    "require_monotonic",
    section=COMPARING,
    is_flag=True,
    help="Only users whose memory never falls as desired retention rises.",
)
@option(
    "--equiv-report-low-ratio",
    "low_ratio",
    section=COMPARING,
    type=float,
    metavar="RATIO",
    help="List users below this ratio.",
)
@option(
    "--interpolate",
    section=COMPARING,
    default="time",
    **one_of("way to interpolate", ("time", "efficiency")),
    help="efficiency: as srs-simulator does. Default: time.",
)
@option("--fences", section=COMPARING, is_flag=True, help="Leave outliers by Tukey's fences out of means.")
@option(
    "--dominance",
    "dominance_pairs",
    section=COMPARING,
    metavar="A:B[,A:B]",
    help="Who is better in memory and efficiency, such as fsrs6_default@0.9:anki_sm2.",
)
@epsilon_option("Differences up to this are none.")
@option("--min-size", section=SIZES, type=int, metavar="N", help="Fewest reviews of a user.")
@option("--max-size", section=SIZES, type=int, metavar="N", help="Most reviews of a user.")
@option(
    "--benchmark-root",
    section=SIZES,
    metavar="FOLDER",
    help="Folder with result/*.jsonl, with sizes for these two.",
)
@option(
    "--benchmark-result-base",
    section=SIZES,
    metavar="NAME",
    default="FSRS-6-recency",
    show_default=True,
    help="Which of them.",
)
@option(
    "--equiv-report-path", section=OUTPUT, metavar="FILE", help="Write comparisons at equal memory as JSON."
)
@figure_options
@answer_options
def command(
    manner: Manner,
    results: tuple[str, ...],
    selection: dict[str, Any],
    files: Files,
    low_ratio: float | None,
    dominance_pairs: str | None,
    epsilon: float,
    equiv_report_path: str | None,
    **given: Any,
) -> Answer:
    """Means over the users that all schedulers share, and how efficient they are at equal memory.

    RESULTS are tables (.parquet), logs of simulations (.jsonl), or folders with such files.
    """
    from repetita.sweeps import aggregate, dominance, results_table

    report = Files(equiv_report_path, None, force=files.force)
    files.check()
    report.check()
    compared = pairs(dominance_pairs, "--dominance")
    with manner.stage("comparing"):
        table = results_table(list(results))
        sizes = _sizes(given, table["user_id"].unique().to_list())
        found = aggregate(table, sizes=sizes, **_options(given), **selection)
        outcomes = dominance(table, compared, epsilon=epsilon, **selection) if compared else ()
    manner.notes(found.notes)
    files.save_list(found.records())
    report.save_list([one.to_dict() for one in (*found.equivalences, *found.pairs)])
    _draw(found, files)
    document = found.to_dict() | {"dominance": [one.to_dict() for one in outcomes]}
    document["low_ratio"] = _low(found, low_ratio)
    document["output"] = [*files.written, *report.written]
    return Answer(document, lambda: _show(found, outcomes, document))


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `repetita.aggregate`."""
    taken = {name: given[name] for name in ("target", "interpolate", "fences", "require_monotonic")}
    taken |= {name: given[name] for name in ("min_size", "max_size")}
    asked = given["baselines"]
    taken["baselines"] = [] if asked == "off" else names(asked)
    extra = [pair for flag, pair in BOXPLOTS.items() if given[flag]]
    taken["pairs"] = list(dict.fromkeys([*pairs(given["equiv_pairs"], "--equiv-pairs"), *extra]))
    return taken


def _sizes(given: dict[str, Any], users: list[int | None]) -> dict[int, int] | None:
    """Reviews of each user from a result file of the benchmark; None where no limit asks for them."""
    from pathlib import Path

    from repetita.simulation.inputs import JsonLines

    if given["min_size"] is None and given["max_size"] is None:
        return None
    if given["benchmark_root"] is None:
        raise UsageError("--min-size and --max-size need --benchmark-root", where="--benchmark-root")
    path = Path(given["benchmark_root"]) / "result" / f"{given['benchmark_result_base']}.jsonl"
    rows = JsonLines(path)
    wanted = {user for user in users if user is not None} & set(rows.users)
    found = {user: rows.row(user).get("size") for user in wanted}
    return {user: size for user, size in found.items() if isinstance(size, int)}


def _low(found: Aggregate, ratio: float | None) -> list[dict[str, Any]]:
    if ratio is None:
        return []
    from dataclasses import asdict

    return [
        {"environment": one.environment, "baseline": one.baseline, "target": one.target, **asdict(match)}
        for one in (*found.equivalences, *found.pairs)
        for match in one.below(ratio)
    ]


def _draw(found: Aggregate, files: Files) -> None:
    if files.plot_dir is None:
        return
    from repetita.report.figures import equivalence_figure, pairs_figure

    for one in found.equivalences:
        name = f"equivalence_{one.environment}_{one.target}_{one.baseline}".replace(" ", "_")
        files.save_figure(partial(equivalence_figure, one), name)
    by_pair: dict[tuple[str, str, str], list[Equivalence]] = {}
    for one in found.pairs:
        by_pair.setdefault((one.environment, one.baseline, one.target), []).append(one)
    for (environment, baseline, target), several in by_pair.items():
        name = f"pairs_{environment}_{target}_{baseline}".replace(" ", "_")
        files.save_figure(partial(pairs_figure, several), name)


def _show(found: Aggregate, outcomes: tuple[Dominance, ...], document: dict[str, Any]) -> None:
    say(
        f"{counted(len(found.users), 'user')} with every scheduler and setting, {found.dropped_users} without"
    )
    rows = [
        (
            group["environment"],
            group["line"],
            group["title"],
            f"{group['memorized_average']:.1f}",
            f"{group['time_average']:.2f}",
            f"{group['memorized_per_minute']:.2f}",
            f"{group['memorized_per_minute_median']:.2f}",
            str(group["memorized_per_minute_outliers"]),
        )
        for group in found.records()
    ]
    headings = ("environment", "line", "setting", "remembered", "min/day", "cards/min", "median", "outliers")
    print_table(headings, rows)
    if found.equivalences or found.pairs:
        _show_equivalences([*found.equivalences, *found.pairs])
    if outcomes:
        counts = [
            (o.environment, f"{o.left}:{o.right}", *(str(n) for n in o.counts.values())) for o in outcomes
        ]
        print_table(("environment", "a:b", *(name.replace("_", " ") for name in outcomes[0].counts)), counts)
    if document["low_ratio"]:
        low = [
            (m["baseline"], m["target"], str(m["user_id"]), f"{m['ratio']:.3f}")
            for m in document["low_ratio"]
        ]
        print_table(("baseline", "target", "user", "ratio"), low, title="Low ratios")
    say(*(f"wrote {path}" for path in document["output"]))


def _show_equivalences(found: list[Equivalence]) -> None:
    rows = []
    for one in found:
        at = "" if one.baseline_retention is None else f" {100.0 * one.baseline_retention:.6g}%"
        start = (
            one.environment,
            one.baseline + at,
            one.target,
            str(one.users),
            str(sum(one.dropped.values())),
        )
        if one.ratio is None or one.desired_retention is None or one.superiority is None:
            rows.append((*start, "", "", "", "", "", ""))
            continue
        ratio = one.ratio
        rows.append(
            (
                *start,
                f"{100.0 * one.superiority:.1f}{_ends(one.superiority_interval, 100.0, '.0f')}",
                f"{ratio.mean:.3f}{_ends(one.ratio_interval, 1.0, '.2f')}",
                f"{ratio.median:.3f}",
                f"{ratio.lower:.3f}–{ratio.upper:.3f}",
                f"{one.desired_retention.median:.3f}",
                f"{ratio.outliers} {'left out' if ratio.fences else 'kept'}",
            )
        )
    headings = ("environment", "baseline", "target", "users", "dropped", "superior %", "ratio", "median")
    print_table((*headings, "quartiles", "DR", "outliers"), rows, title="At equal memory")


def _ends(interval: tuple[float, float] | None, scale: float, form: str) -> str:
    return "" if interval is None else f" ({scale * interval[0]:{form}}–{scale * interval[1]:{form}})"
