"""Commands that do a part of the work of another one alone, as they can be pasted into a shell."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from repetita.cli._arguments import given_parameters
from repetita.cli._fan_out import FAN_OUT, cuda_devices, worker_environment
from repetita.cli._terminal import Manner

PROGRAM = "repetita"
# what says which users, where it is kept, who works, and how it is told
LEFT_OUT = frozenset(
    (
        *(name for name in FAN_OUT if name != "fail_fast"),
        *("user_id", "start_user", "end_user", "shard", "output", "config", "executor", "batch_size"),
        *("as_json", "quiet", "debug"),
    )
)


def commands_of_users(
    context: click.Context, given: Mapping[str, Any], users: Iterable[int | None], output: str | None
) -> list[str]:
    """A command a user.

    Args:
        context: Of the command that is run.
        given: Its options.
        users: Numbers of users.
        output: Folder of the whole, whose name begins that of each command's own; None for none.
    """
    asked = ((["--user-id", str(user)], f"user-{user}") for user in users if user is not None)
    return [
        _command(context, given, place, words, None if output is None else f"{output}-{suffix}")
        for place, (words, suffix) in enumerate(asked)
    ]


def commands_of_parts(
    context: click.Context, given: Mapping[str, Any], users: Sequence[int], parts: int, output: str
) -> list[str]:
    """A command for each part of a sweep, and the one that puts them together."""
    ends = ["--start-user", str(users[0]), "--end-user", str(users[-1])]
    folders = [f"{output}-part-{part}" for part in range(1, parts + 1)]
    made = [
        _command(context, given, part - 1, [*ends, "--shard", f"{part}/{parts}"], folder)
        for part, folder in enumerate(folders, start=1)
    ]
    return [*made, shlex.join([*_begin(given), PROGRAM, "merge", *folders, "-o", output])]


def print_commands(lines: Sequence[str], manner: Manner) -> None:
    """Say which commands would do the work, beside the result; one a line, so that they can be copied."""
    if not manner.quiet:
        sys.stderr.write("".join(f"{line}\n" for line in lines))


def _command(
    context: click.Context, given: Mapping[str, Any], place: int, words: Sequence[str], output: str | None
) -> str:
    variables = dict(worker_environment(given) or {})
    told = _given_again(context)
    devices = cuda_devices(given)
    if devices:
        variables["CUDA_VISIBLE_DEVICES"] = devices[place % len(devices)]
        if any("--device" in parameter.opts for parameter in context.command.params):
            told += ["--device", "cuda"]
    folder = [] if output is None else ["-o", output]
    name = str(context.info_name).split()
    command = shlex.join([*_begin(given), PROGRAM, *name, *told, *words, *folder])
    return " ".join([*(f"{key}={shlex.quote(value)}" for key, value in variables.items()), command])


def _begin(given: Mapping[str, Any]) -> list[str]:
    return [] if given["uv_cmd"] is None else [given["uv_cmd"], "run"]


def _given_again(context: click.Context) -> list[str]:
    """Words that give again what was given, here or in a configuration."""
    found: list[str] = []
    for parameter, value in given_parameters(context, LEFT_OUT):
        several = value if isinstance(value, tuple) else [value]
        if isinstance(parameter, click.Argument):
            found += [str(one) for one in several]
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            no = parameter.secondary_opts[:1]
            found += [parameter.opts[0]] if value else no
        else:
            found += [word for one in several for word in (parameter.opts[0], str(one))]
    return found
