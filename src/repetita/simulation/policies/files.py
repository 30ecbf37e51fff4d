"""Reading and writing policy files; which kind a file is, it says itself."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from repetita.errors import CorruptInput, InputMissing, UnsupportedInput
from repetita.output import write_atomically
from repetita.simulation.policies import adr_cost
from repetita.simulation.policies.adr import AdrPolicy
from repetita.simulation.policies.adr_cost import CostAdrPolicy
from repetita.simulation.policies.parameters import Fsrs6ApPolicy, Sm2ApPolicy
from repetita.simulation.policies.sspmmc import SspMmcPolicy

__all__ = ["Policy", "read_policy", "write_policy"]

Policy: TypeAlias = AdrPolicy | CostAdrPolicy | Fsrs6ApPolicy | Sm2ApPolicy | SspMmcPolicy

KINDS: dict[str, Any] = {
    "fsrs6-adr": AdrPolicy,
    "fsrs6-adr-direct": AdrPolicy,
    "fsrs6-ap": Fsrs6ApPolicy,
    "anki-sm2-ap": Sm2ApPolicy,
} | dict.fromkeys(adr_cost.KINDS, CostAdrPolicy)
LARGEST_FILE = 16 * 2**20


def read_policy(path: str | os.PathLike[str]) -> Policy:
    """The policy in a file, checked.

    Args:
        path: A JSON file; the table of an SSP-MMC policy lies beside it.

    Raises:
        InputMissing: No such file.
        CorruptInput: No JSON, or a field that is missing, of another kind or out of bounds.
        UnsupportedInput: A kind or version that is not known here.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = write_policy(AdrPolicy.constant(0.9), Path(folder) / "policy.json")
        ...     read_policy(path) == AdrPolicy.constant(0.9)
        True
    """
    file = Path(path)
    try:
        return _policy(_content(file), file.parent)
    except (CorruptInput, UnsupportedInput) as error:
        raise type(error)(f"{str(path)!r}: {error.message}", hint=error.hint, where=str(path)) from None


def _content(file: Path) -> Mapping[str, Any]:
    try:
        if not file.is_file():
            raise InputMissing(f"no policy file {str(file)!r}", where=str(file))
        if file.stat().st_size > LARGEST_FILE:
            raise CorruptInput("too large for a policy")
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CorruptInput(f"no JSON file that can be read: {error}") from None
    if not isinstance(data, Mapping):
        raise CorruptInput(f"a policy is a JSON object, this is a {type(data).__name__}")
    return data


def _policy(data: Mapping[str, Any], folder: Path) -> Policy:
    kind = data.get("policy_kind", data.get("policy_type"))
    if kind is None and "state_space" in data:
        return SspMmcPolicy.from_dict(data, folder)
    if not isinstance(kind, str) or kind not in KINDS:
        raise UnsupportedInput(f"policy_kind is {kind!r}", hint="known: " + ", ".join(KINDS))
    policy: Policy = KINDS[kind].from_dict(data)
    return policy


def write_policy(policy: Policy, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """The path of a file that now holds a policy; the table of an SSP-MMC policy is written beside it.

    Args:
        policy: The policy.
        path: Where to write.
        force: Replace files that are there.

    Raises:
        OutputExists: A file is there and ``force`` is not set.
        OutputError: The file could not be written.
    """
    content = policy.to_dict()
    if isinstance(policy, SspMmcPolicy):
        table = Path(path).with_suffix(".npz")
        content["policy_file"] = table.name
        write_atomically(table, policy.table(), force=force)
    return write_atomically(path, json.dumps(content, indent=2, sort_keys=True) + "\n", force=force)
