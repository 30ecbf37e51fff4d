"""What every run on disk has in common, whatever it computes.

opening       a folder for a run: what was asked for, where it ran; one run and one process a folder
lines         files of one JSON object a line, appended to and read
sharding      parts of a run for several machines, and that all parts are there
environment   versions, processor, digest of the code
"""

from repetita.run_folders.environment import environment
from repetita.run_folders.lines import Row, append_text, json_text, line_of, mended_rows, read_rows
from repetita.run_folders.opening import (
    CONFIG,
    ENVIRONMENT,
    INPUTS,
    SUMMARY,
    locked,
    open_run,
    read_config,
    toml,
)
from repetita.run_folders.sharding import common_config, require_all_parts, shard_of

__all__ = [
    "CONFIG",
    "ENVIRONMENT",
    "INPUTS",
    "SUMMARY",
    "Row",
    "append_text",
    "common_config",
    "environment",
    "json_text",
    "line_of",
    "locked",
    "mended_rows",
    "open_run",
    "read_config",
    "read_rows",
    "require_all_parts",
    "shard_of",
    "toml",
]
