"""Weights of networks in the file layout of the ecosystem (``.pth``), read and written without torch.

    pickled     the few instructions that a file of weights needs, interpreted; nothing is imported or called
    reading     the archive around them: tensors by name, or nested as they were saved
    writing     the same layout, which `torch.load` reads with ``weights_only=True``
    tensor      what both speak of: a shape and its numbers

A ``.pth`` file is a zip archive with a pickle in it, and a pickle is a program that may do anything. So it is
not run here: what it may contain is a list of twenty-odd instructions, and everything else is refused. The
room needs nothing but the standard library.
"""

from __future__ import annotations

from repetita.state_dicts.reading import read_archive, read_state_dict
from repetita.state_dicts.tensor import Tensor
from repetita.state_dicts.writing import state_dict_bytes

__all__ = ["Tensor", "read_archive", "read_state_dict", "state_dict_bytes"]
