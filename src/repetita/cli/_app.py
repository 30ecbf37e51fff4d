"""The application object: finds commands, and turns whatever happens into streams and an exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from typing import Any

import click

from repetita import __version__
from repetita.cli._answer import STANDARD_OUTPUT, failure, write_document
from repetita.cli._wording import reworded
from repetita.errors import RepetitaError, UsageError, unknown_name

COMMANDS = (
    *("inspect", "fit", "evaluate", "compare", "predict", "advise", "steps", "plan"),
    *("report", "report sweep", "report simulation", "benchmark", "simulate", "sweep", "merge", "backtest"),
    *("pareto", "aggregate", "dominance"),
    *("plot short-loops", "plot daily-curves", "plot max-retention", "plot gpu-memory"),
    *("export", "demo", "next", "conformance"),
)
"""In the order a person uses them. One of two words may share the first with others."""

COMPLETE_VARIABLE = "_REPETITA_COMPLETE"
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130

EPILOG = """\b
Exit codes:
  0    done
  1    done, and the answer is no (compare --require-better, conformance)
  2    the call is wrong: an argument, a name, an option, an output that exists
  3    done, but some users or runs failed (benchmark, sweep)
  4    the data cannot be used as they are
  5    an optional dependency is missing
  6    a result could not be written
  70   a fault in repetita itself
  130  interrupted

\b
Results go to standard output, everything else to standard error; --json makes the result one JSON document.
Shell completion: eval "$(_REPETITA_COMPLETE=bash_source repetita)"  (or zsh_source, fish_source)
"""


class Interrupted(RepetitaError):
    """The user stopped the command."""

    code = "interrupted"
    exit_code = EXIT_INTERRUPTED


class InternalError(RepetitaError):
    """A fault of ours, not of the data or the call."""

    code = "internal_error"
    exit_code = EXIT_INTERNAL


class Application(click.Group):
    """A group that imports a command when it is named, and keeps the contract of streams and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order a person uses them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command of a name.

        Raises:
            UnknownName: No such command; the nearest one is suggested.
        """
        if cmd_name not in COMMANDS:
            raise unknown_name("command", cmd_name, COMMANDS)
        module = re.sub(r"\W", "_", cmd_name)
        command: click.Command = import_module(f"repetita.cli.commands.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word, or of the first two, and the words that are left to it."""
        two = " ".join(args[:2])
        kinds = [name.partition(" ")[2] for name in COMMANDS if name.startswith(f"{args[0]} ")]
        if kinds and two not in COMMANDS and args[0] not in COMMANDS:
            if len(args) == 1 or args[1].startswith("-"):
                raise UsageError(f"{args[0]} what? One of: {', '.join(kinds)}", where=args[0])
            raise unknown_name(f"kind of {args[0]}", args[1], kinds)
        return super().resolve_command(ctx, [two, *args[2:]] if two in COMMANDS else args)

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> None:
        """Run the command line and leave with its exit code."""
        sys.exit(self._run(list(sys.argv[1:] if args is None else args), prog_name or "repetita"))

    def _run(self, args: list[str], name: str) -> int:
        with suppress(AttributeError, ValueError):
            sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        if instruction := os.environ.get(COMPLETE_VARIABLE):
            from click.shell_completion import shell_complete

            return shell_complete(self, {}, name, COMPLETE_VARIABLE, instruction)
        options = args[: args.index("--")] if "--" in args else args
        try:
            return self._answered(args, name)
        except BrokenPipeError:
            return 0
        except Exception as error:
            return _fail(_explained(error, name), error, options)
        except KeyboardInterrupt as error:
            return _fail(Interrupted("interrupted"), error, options)

    def _answered(self, args: list[str], name: str) -> int:
        if not args:
            with self.make_context(name, ["--help"], resilient_parsing=True) as context:
                click.echo(self.get_help(context), err=True)
            return 2
        try:
            with self.make_context(name, list(args)) as context:
                code = self.invoke(context)
        except click.exceptions.Exit as leave:
            return leave.exit_code
        return code if isinstance(code, int) else 0


def _explained(error: Exception, name: str) -> RepetitaError:
    """What went wrong, as one of our errors."""
    if isinstance(error, RepetitaError):
        return reworded(error)
    if isinstance(error, click.Abort):
        return Interrupted("interrupted")
    if isinstance(error, click.ClickException):
        return _misused(error, name)
    if isinstance(error, MemoryError):
        return InternalError("out of memory", hint="use fewer reviews, or a machine with more memory")
    return InternalError(
        f"internal error: {type(error).__name__}: {' '.join(str(error).split())}",
        hint="this is a fault in repetita, not in your data; run again with --debug for details to report",
    )


def _misused(error: click.ClickException, name: str) -> UsageError:
    context = getattr(error, "ctx", None)
    where = context.command_path if context else name
    hint = f"see {where} --help"
    if isinstance(error, click.NoSuchOption):
        close = error.possibilities
        return UsageError(
            f"unknown option {error.option_name!r}",
            hint=f"did you mean {close[0]!r}?" if close else hint,
            where=error.option_name,
        )
    message = error.format_message().rstrip(".").replace("\n", " ")
    return UsageError(message[:1].lower() + message[1:], hint=hint, where=where)


def _fail(error: RepetitaError, cause: BaseException, options: list[str]) -> int:
    """Tell about a failure on the stream asked for; the exit code it stands for."""
    if "--debug" in options and not isinstance(cause, KeyboardInterrupt | click.ClickException):
        import traceback

        traceback.print_exception(cause, file=sys.stderr)
    if "--json" in options and error.where != STANDARD_OUTPUT:
        two = [" ".join(words) for words in pairwise(options)]
        command = next((word for word in [*two, *options] if word in COMMANDS), None)
        with suppress(OSError, RepetitaError):
            write_document(failure(command, error))
            return error.exit_code
    with suppress(OSError):
        sys.stderr.write(f"error: {error.message}\n" + (f"hint: {error.hint}\n" if error.hint else ""))
        sys.stderr.flush()
    return error.exit_code


@click.group(cls=Application, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="repetita", message="%(prog)s %(version)s")
@click.option(
    "--import",
    "imports",
    multiple=True,
    metavar="FILE|MODULE",
    help="Python file, or module by name, that registers memory models, or holds the equations of one; its "
    "file name is then the model's. Before the command; repeatable.",
)
def app(imports: tuple[str, ...]) -> None:
    """Read a log of spaced-repetition reviews, fit a memory model to it, and judge the fit.

    LOG is an Anki collection or package (.colpkg, .apkg, .anki2) or a table with one row per review
    (CSV, TSV, JSON lines, Parquet). Start with `repetita inspect LOG`.
    """
    if imports:
        from repetita.cli._imports import import_models

        for source in dict.fromkeys(imports):
            import_models(source)


def main() -> None:
    """The console script ``repetita``."""
    app.main()
