"""The program inside a file of weights, interpreted instruction by instruction; most are refused.

A pickle builds a value on a stack. What `torch.save` writes for tensors needs numbers, texts, tuples, lists,
mappings, references to what was built before, and calls of three functions, which are known here by name and
never looked up. Instructions that import or call anything else, make instances, or reach outside do not
exist for this interpreter.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from repetita.errors import CorruptInput

__all__ = ["Name", "interpreted"]

MOST_INSTRUCTIONS = 1_000_000
MAPPINGS = {("collections", "OrderedDict"), ("builtins", "dict")}
PARAMETER = ("torch._utils", "_rebuild_parameter")
TENSOR = ("torch._utils", "_rebuild_tensor_v2")
_MARK = object()


@dataclass(frozen=True, slots=True)
class Name:
    """The name of something that a file refers to; it stands for itself and nothing is imported."""

    module: str
    attribute: str

    def __str__(self) -> str:
        return f"{self.module}.{self.attribute}"


def interpreted(
    program: bytes, *, stored: Callable[[Any], Any], tensor: Callable[..., Any], where: str
) -> Any:
    """The value that a pickle describes.

    Args:
        program: The pickle.
        stored: Makes a storage from the description that a file has of it.
        tensor: Makes a tensor from a storage, offset, shape and strides.
        where: Path, for messages.

    Raises:
        CorruptInput: Damaged, or with instructions that files of weights do not need.

    Example:
        >>> import pickle
        >>> interpreted(pickle.dumps({"a": [1, 2.5]}), stored=None, tensor=None, where="x.pth")
        {'a': [1, 2.5]}
        >>> try:
        ...     interpreted(pickle.dumps(eval), stored=None, tensor=None, where="x.pth")
        ... except CorruptInput as error:
        ...     error.message
        'x.pth refers to builtins.eval, which no file of weights needs; refused'
    """
    machine = _Machine(stored, tensor, where)
    try:
        return machine.run(program)
    except CorruptInput:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        raise CorruptInput(
            f"the description of tensors in {where} is damaged: {error}", where=where
        ) from None


class _Machine:
    """A stack, marks and a memory of what was built."""

    def __init__(self, stored: Callable[[Any], Any], tensor: Callable[..., Any], where: str) -> None:
        self.stored, self.tensor, self.where = stored, tensor, where
        self.stack: list[Any] = []
        self.memory: dict[int, Any] = {}

    def run(self, program: bytes) -> Any:
        for count, (instruction, argument, _) in enumerate(pickletools.genops(program)):
            if count > MOST_INSTRUCTIONS:
                raise ValueError("too long")
            name = instruction.name
            if name == "STOP":
                (result,) = self.stack
                return result
            if name in PUSHED:
                self.stack.append(argument)
            elif name in CONSTANTS:
                self.stack.append(CONSTANTS[name]())
            elif name in STEPS:
                STEPS[name](self, argument)
            elif name not in IGNORED:
                raise CorruptInput(
                    f"{self.where} has the instruction {name}, which no file of weights needs; refused",
                    hint="it may be an attack; get the weights from somebody you trust",
                    where=self.where,
                )
        raise ValueError("it ends in the middle")

    def marked(self) -> list[Any]:
        """What was put on the stack since the last mark."""
        place = len(self.stack) - 1
        while self.stack[place] is not _MARK:
            place -= 1
            if place < 0:
                raise ValueError("a mark is missing")
        taken = self.stack[place + 1 :]
        del self.stack[place:]
        return taken

    def name(self, module: str, attribute: str) -> None:
        known = (module, attribute) in {PARAMETER, TENSOR, *MAPPINGS}
        if not known and not (module in ("torch", "torch.storage") and attribute.endswith("Storage")):
            raise CorruptInput(
                f"{self.where} refers to {module}.{attribute}, which no file of weights needs; refused",
                hint="an attack, or a whole model; save a state dict: torch.save(model.state_dict(), path)",
                where=self.where,
            )
        self.stack.append(Name(module, attribute))

    def call(self, _: Any) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(function, Name) or not isinstance(arguments, tuple):
            raise ValueError("a call of what is no function")
        asked = (function.module, function.attribute)
        if asked in MAPPINGS:
            self.stack.append(dict(*arguments))
        elif asked == TENSOR:
            self.stack.append(self.tensor(*arguments[:4]))
        elif asked == PARAMETER:
            self.stack.append(arguments[0])
        else:
            raise ValueError(f"a call of {function}")

    def tuple_of(self, count: int) -> None:
        if len(self.stack) < count:
            raise ValueError("the stack is empty")
        taken = tuple(self.stack[len(self.stack) - count :])
        del self.stack[len(self.stack) - count :]
        self.stack.append(taken)

    def set_items(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict) or len(items) % 2:
            raise ValueError("items of what is no mapping")
        target.update(zip(items[::2], items[1::2], strict=True))

    def append_items(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, list):
            raise ValueError("elements of what is no list")
        target.extend(items)

    def remember(self, place: int | None) -> None:
        self.memory[len(self.memory) if place is None else place] = self.stack[-1]

    def drop(self, _: Any) -> None:
        self.stack.pop()
        self.stack[-1]  # there must be something that the attributes are of

    def stack_name(self, _: Any) -> None:
        attribute, module = self.stack.pop(), self.stack.pop()
        self.name(str(module), str(attribute))


PUSHED = {
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
}
CONSTANTS: dict[str, Callable[[], Any]] = {
    "MARK": lambda: _MARK,
    "EMPTY_TUPLE": lambda: (),
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
}
IGNORED = {"PROTO", "FRAME"}
STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "GLOBAL": lambda m, argument: m.name(*argument.split(" ", 1)),
    "STACK_GLOBAL": _Machine.stack_name,
    "REDUCE": _Machine.call,
    # attributes of a mapping, such as versions of layers: nothing that is needed
    "BUILD": _Machine.drop,
    "BINPERSID": lambda m, _: m.stack.append(m.stored(m.stack.pop())),
    "TUPLE": lambda m, _: m.stack.append(tuple(m.marked())),
    "TUPLE1": lambda m, _: m.tuple_of(1),
    "TUPLE2": lambda m, _: m.tuple_of(2),
    "TUPLE3": lambda m, _: m.tuple_of(3),
    "SETITEM": lambda m, _: m.set_items([m.stack.pop(-2), m.stack.pop()]),
    "SETITEMS": lambda m, _: m.set_items(m.marked()),
    "APPEND": lambda m, _: m.append_items([m.stack.pop()]),
    "APPENDS": lambda m, _: m.append_items(m.marked()),
    "BINPUT": _Machine.remember,
    "LONG_BINPUT": _Machine.remember,
    "MEMOIZE": _Machine.remember,
    "BINGET": lambda m, place: m.stack.append(m.memory[place]),
    "LONG_BINGET": lambda m, place: m.stack.append(m.memory[place]),
}
