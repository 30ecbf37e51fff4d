"""The command line: parse, call the library, print. `main` is the console script ``repetita``.

Nothing heavy is imported before a command runs, so that ``repetita --help`` answers at once.
"""

from repetita.cli._app import app, main

__all__ = ["app", "main"]
