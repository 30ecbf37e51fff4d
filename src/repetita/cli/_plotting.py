"""The one picture of a plotting command: ``--out`` names it, and it is checked before the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from repetita.cli._arguments import gathering, option
from repetita.cli._figures import check_figure_name, figure_bytes
from repetita.cli._target import Target

if TYPE_CHECKING:
    from matplotlib.figure import Figure

F = TypeVar("F", bound=Callable[..., Any])

OUTPUT = "Output"


class Picture:
    """Where the picture of a command goes.

    Args:
        path: File that ends in .png, .svg or .pdf.
        force: Overwrite what is there.
    """

    def __init__(self, path: str, *, force: bool) -> None:
        self.path, self.target = path, Target(path, force=force)

    def check(self) -> None:
        """Make sure that it can be drawn and written before the work.

        Raises:
            UsageError: A name of another kind.
            MissingExtra: matplotlib is not installed.
            OutputExists: A file is there.
            OutputError: The folder does not exist.
        """
        from repetita.report.figures import require_matplotlib

        check_figure_name(self.path, "--out")
        self.target.check()
        require_matplotlib()

    def write(self, figure: Figure) -> None:
        """Write the figure in the format that its name asks for."""
        self.target.write(figure_bytes(figure, self.path))


def picture_options(default: str) -> Callable[[F], F]:
    """``--out``, ``--force`` and ``--no-show``; the command receives ``picture``.

    Args:
        default: File that is written without ``--out``.
    """

    def gather(given: dict[str, Any]) -> Picture:
        given.pop("no_show")
        return Picture(given.pop("out"), force=given.pop("force"))

    return gathering(
        "picture",
        gather,
        option(
            "--out",
            section=OUTPUT,
            metavar="FILE",
            default=default,
            show_default=True,
            help="The picture, as .png, .svg or .pdf.",
        ),
        option("--force", section=OUTPUT, is_flag=True, help="Overwrite what is there."),
        option("--no-show", section=OUTPUT, is_flag=True, help="Means nothing: no window is ever opened."),
    )
