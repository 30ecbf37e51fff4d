"""Tensors out of a ``.pth`` file."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any
from zlib import error as ZlibError

from repetita.errors import CorruptInput, InputMissing, UnsupportedInput
from repetita.state_dicts.pickled import Name, interpreted
from repetita.state_dicts.tensor import Tensor

__all__ = ["read_archive", "read_state_dict"]

MOST_BYTES = 64 << 20  # of everything in the archive, expanded
MOST_MEMBERS = 100_000
MOST_NUMBERS = 16 << 20  # of all tensors: several may share a storage
DEEPEST = 4  # mappings inside mappings that are searched for the tensors
NESTED = ("state_dict", "model", "model_state_dict")

# struct letter and size by the name of a storage
LETTERS = {
    "FloatStorage": ("float32", "f", 4),
    "DoubleStorage": ("float64", "d", 8),
    "HalfStorage": ("float16", "e", 2),
    "BFloat16Storage": ("bfloat16", "H", 2),
    "LongStorage": ("int64", "q", 8),
    "IntStorage": ("int32", "i", 4),
    "ShortStorage": ("int16", "h", 2),
    "CharStorage": ("int8", "b", 1),
    "ByteStorage": ("uint8", "B", 1),
    "BoolStorage": ("bool", "?", 1),
}


@dataclass(frozen=True, slots=True)
class _Storage:
    values: tuple[float, ...]
    dtype: str


def read_state_dict(path: str | os.PathLike[str]) -> dict[str, Tensor]:
    """Tensors by name, out of a file that `torch.save` wrote of a state dict.

    Args:
        path: The file. The mapping may lie inside others, under "state_dict", "model" or "model_state_dict".

    Raises:
        InputMissing: No such file.
        UnsupportedInput: Not such an archive, an older layout, or no state dict in it.
        CorruptInput: Damaged, or a program where a description of tensors is expected.

    Example:
        >>> import tempfile
        >>> from repetita.state_dicts import state_dict_bytes
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "weights.pth"
        ...     size = path.write_bytes(state_dict_bytes({"bias": Tensor((2,), (0.5, -1.0))}))
        ...     read_state_dict(path)["bias"].values
        (0.5, -1.0)
    """
    found = read_archive(path)
    for _ in range(DEEPEST):
        if isinstance(found, dict) and found and all(isinstance(value, Tensor) for value in found.values()):
            return {str(name): value for name, value in found.items()}
        inner = [found[name] for name in NESTED if isinstance(found, dict) and name in found]
        if not inner:
            break
        found = inner[0]
    raise UnsupportedInput(
        f"{path} holds no state dict, a mapping of names to tensors",
        hint="save one with torch.save(model.state_dict(), path)",
        where=str(path),
    )


def read_archive(path: str | os.PathLike[str]) -> Any:
    """Whatever a ``.pth`` file holds: mappings, lists, numbers, texts and tensors, nested as they were saved.

    Args:
        path: The file.

    Raises:
        InputMissing: No such file.
        UnsupportedInput: Not such an archive.
        CorruptInput: Damaged, hostile, or too large.
    """
    where = os.fspath(path)
    try:
        with zipfile.ZipFile(Path(path)) as archive:
            return _Archive(archive, where).content()
    except FileNotFoundError:
        raise InputMissing(f"{where} does not exist", where=where) from None
    except IsADirectoryError:
        raise InputMissing(f"{where} is a folder, a file of weights is expected", where=where) from None
    except zipfile.BadZipFile as error:
        raise _not_an_archive(Path(path), error) from None
    except (
        EOFError,
        NotImplementedError,
        RuntimeError,
        ZlibError,
        UnicodeDecodeError,
        struct.error,
    ) as error:
        raise CorruptInput(f"{where} is damaged: {error}", where=where) from None
    except OSError as error:
        raise InputMissing(f"{where} cannot be read: {error.strerror or error}", where=where) from None


def _not_an_archive(path: Path, error: Exception) -> UnsupportedInput | CorruptInput:
    with path.open("rb") as file:
        begin = file.read(4)
    if begin == b"PK\x03\x04":
        return CorruptInput(f"{path} is damaged or cut off: {error}", where=str(path))
    older = begin[:1] == b"\x80"
    return UnsupportedInput(
        f"{path} is {'a pickle, as torch wrote before 1.6' if older else 'not a .pth archive'}; "
        "nothing in it was run",
        hint="write it again with a current torch: torch.save(state_dict, path)",
        where=str(path),
    )


class _Archive:
    """The members of a zip archive, and the storages that were read from it."""

    def __init__(self, archive: zipfile.ZipFile, where: str) -> None:
        members = archive.infolist()
        size = sum(member.file_size for member in members)
        if size > MOST_BYTES or len(members) > MOST_MEMBERS:
            raise CorruptInput(
                f"{where} expands to {size:,} bytes in {len(members):,} parts; "
                f"weights of at most {MOST_BYTES >> 20} MiB are read",
                where=where,
            )
        self.archive, self.where = archive, where
        self.names = {member.filename for member in members}
        self.storages: dict[str, _Storage] = {}
        self.numbers = 0

    def content(self) -> Any:
        folders = [name[: -len("data.pkl")] for name in self.names if name.endswith("data.pkl")]
        if len(folders) != 1 or any(name.endswith("constants.pkl") for name in self.names):
            raise UnsupportedInput(
                f"{self.where} is a zip archive, but not one of weights",
                hint="a state dict saved by torch.save is expected",
                where=self.where,
            )
        self.folder = folders[0]
        order = f"{self.folder}byteorder"
        self.order = ">" if order in self.names and self.archive.read(order).strip() == b"big" else "<"
        program = self.archive.read(f"{self.folder}data.pkl")
        return interpreted(program, stored=self.storage, tensor=self.tensor, where=self.where)

    def storage(self, description: Any) -> _Storage:
        kind, of, key, _, count = description
        if kind != "storage" or not isinstance(of, Name) or of.attribute not in LETTERS:
            raise ValueError(f"a storage of {of}")
        dtype, letter, size = LETTERS[of.attribute]
        if key not in self.storages:
            name = f"{self.folder}data/{key}"
            if name not in self.names:
                raise ValueError(f"part data/{key} is missing")
            data = self.archive.read(name)
            if not isinstance(count, int) or len(data) != count * size:
                raise ValueError(f"part data/{key} has {len(data)} bytes, expected {count} x {size}")
            self.storages[key] = _Storage(_numbers(data, self.order, letter, count), dtype)
        if self.storages[key].dtype != dtype:
            raise ValueError(f"part data/{key} is said to be of two types")
        return self.storages[key]

    def tensor(self, storage: _Storage, begin: int, shape: Sequence[int], strides: Sequence[int]) -> Tensor:
        sizes: tuple[Any, ...] = tuple(shape)
        steps: tuple[Any, ...] = tuple(strides)
        plain = all(isinstance(n, int) and n >= 0 for n in (begin, *sizes, *steps))
        if not isinstance(storage, _Storage) or not plain or len(sizes) != len(steps):
            raise ValueError("a tensor without a shape")
        self.numbers += prod(sizes)
        last = begin + sum((size - 1) * step for size, step in zip(sizes, steps, strict=True))
        if self.numbers > MOST_NUMBERS or (prod(sizes) and last >= len(storage.values)):
            raise ValueError("a tensor larger than its storage")
        places = [begin]
        for size, step in zip(sizes, steps, strict=True):
            places = [place + i * step for place in places for i in range(size)]
        return Tensor(sizes, tuple(map(storage.values.__getitem__, places)), storage.dtype)


def _numbers(data: bytes, order: str, letter: str, count: int) -> tuple[float, ...]:
    if letter == "H":  # the upper half of a 32-bit number
        halves = struct.unpack(f"{order}{count}H", data)
        return struct.unpack(f"<{count}f", struct.pack(f"<{count}I", *(half << 16 for half in halves)))
    return struct.unpack(f"{order}{count}{letter}", data)
