"""Tensors into a ``.pth`` file that `torch.load` reads with ``weights_only=True``."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

from repetita.state_dicts.tensor import Tensor

__all__ = ["state_dict_bytes"]

STORAGES = {
    "float32": ("FloatStorage", "f"),
    "float64": ("DoubleStorage", "d"),
    "int64": ("LongStorage", "q"),
}
STAMP = (1980, 1, 1, 0, 0, 0)  # of every member, so that the same weights make the same bytes
FOLDER = "archive"


def state_dict_bytes(content: Mapping[str, Any]) -> bytes:
    """A ``.pth`` archive of named tensors; mappings, lists, numbers, texts and tensors may be nested.

    Args:
        content: What to write, most often `Tensor` by name.

    Returns:
        The bytes of the file: the same for the same content.

    Example:
        >>> content = state_dict_bytes({"bias": Tensor((2,), (0.5, -1.0))})
        >>> content[:2], content == state_dict_bytes({"bias": Tensor((2,), (0.5, -1.0))})
        (b'PK', True)
    """
    writer = _Program()
    writer.value(content, ordered=True)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        parts = {
            "data.pkl": b"\x80\x02" + bytes(writer.text) + b".",
            "byteorder": b"little",
            **{f"data/{number}": data for number, data in enumerate(writer.storages)},
            "version": b"3\n",
        }
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(f"{FOLDER}/{name}", STAMP), data)
    return buffer.getvalue()


class _Program:
    """The instructions that build a value, and the storages they refer to."""

    def __init__(self) -> None:
        self.text = bytearray()
        self.storages: list[bytes] = []

    def value(self, value: Any, *, ordered: bool = False) -> None:
        if isinstance(value, Tensor):
            self.tensor(value)
        elif isinstance(value, Mapping):
            self.text += b"ccollections\nOrderedDict\n)R(" if ordered else b"}("
            for name, inner in value.items():
                self.value(name)
                self.value(inner)
            self.text += b"u"
        elif isinstance(value, list | tuple):
            self.text += b"(" if isinstance(value, tuple) else b"]("
            for inner in value:
                self.value(inner)
            self.text += b"t" if isinstance(value, tuple) else b"e"
        elif value is None or isinstance(value, bool):
            self.text += {None: b"N", True: b"\x88", False: b"\x89"}[value]
        elif isinstance(value, int):
            self.text += b"J" + struct.pack("<i", value)
        elif isinstance(value, float):
            self.text += b"G" + struct.pack(">d", value)
        else:
            data = str(value).encode("utf-8")
            self.text += b"X" + struct.pack("<I", len(data)) + data

    def tensor(self, tensor: Tensor) -> None:
        storage, letter = STORAGES[tensor.dtype]
        strides, step = [], 1
        for size in reversed(tensor.shape):
            strides.append(step)
            step *= size
        self.text += b"ctorch._utils\n_rebuild_tensor_v2\n(("
        self.value("storage")
        self.text += f"ctorch\n{storage}\n".encode()
        for value in (str(len(self.storages)), "cpu", len(tensor.values)):
            self.value(value)
        self.text += b"tQ"  # the tuple names a storage
        self.value(0)
        self.value(tensor.shape)
        self.value(tuple(reversed(strides)))
        self.text += b"\x89ccollections\nOrderedDict\n)RtR"
        self.storages.append(struct.pack(f"<{len(tensor.values)}{letter}", *tensor.values))
