"""Reading protobuf messages without a schema compiler; what is not understood is kept byte for byte.

Anki stores presets, decks and media lists as proto3 messages. A message is a sequence of fields, each a tag
(number and wire type) and a payload; the accessors of `Message` read a field by its number and give the
proto3 default where it is absent. Format: https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import isfinite

import numpy as np

from repetita.errors import CorruptInput

__all__ = ["Field", "Message"]

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
LONGEST_VARINT = 10


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it lies in the message.

    Attributes:
        number: Field number of the schema.
        wire: Wire type: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.
        value: The varint, or the payload bytes.
        raw: Tag and payload, exactly as read.
    """

    number: int
    wire: int
    value: int | bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Message:
    r"""A decoded message; `encode` gives back the bytes it was read from.

    Example:
        >>> message = Message.parse(b"\x08\x03\x12\x02ok")
        >>> message.integer(1), message.text(2), message.integer(9)
        (3, 'ok', 0)
        >>> message.encode()
        b'\x08\x03\x12\x02ok'
    """

    fields: tuple[Field, ...]

    @classmethod
    def parse(cls, source: bytes) -> Message:
        """The message in some bytes.

        Raises:
            CorruptInput: The bytes are not a protobuf message.
        """
        fields = []
        position = 0
        while position < len(source):
            start = position
            tag, position = _varint(source, position)
            value, position = _payload(source, position, tag & 7)
            if tag >> 3 == 0:
                raise CorruptInput("a protobuf field has number 0, expected 1 or more")
            fields.append(Field(tag >> 3, tag & 7, value, source[start:position]))
        return cls(tuple(fields))

    def encode(self) -> bytes:
        """The bytes of the message, unknown fields included."""
        return b"".join(field.raw for field in self.fields)

    def has(self, number: int) -> bool:
        """Whether the field occurs."""
        return any(field.number == number for field in self.fields)

    def integer(self, number: int) -> int:
        """An unsigned integer or enum, 0 where absent. The last occurrence counts, as the format says."""
        for field in reversed(self.fields):
            if field.number == number and isinstance(field.value, int):
                return field.value
        return 0

    def boolean(self, number: int) -> bool:
        """A truth value, False where absent."""
        return self.integer(number) != 0

    def real(self, number: int) -> float:
        """A 32-bit float as the shortest decimal that means it (0.9, not 0.8999999762), 0 where absent.

        Example:
            >>> Message.parse(bytes.fromhex("0d6666663f")).real(1)
            0.9
        """
        for field in reversed(self.fields):
            if field.number == number and field.wire == FIXED32 and isinstance(field.value, bytes):
                return _shortest(struct.unpack("<f", field.value)[0])
        return 0.0

    def reals(self, number: int) -> tuple[float, ...]:
        """A repeated 32-bit float, packed or not.

        Raises:
            CorruptInput: A packed list whose length is not a multiple of four bytes.
        """
        values: list[float] = []
        for field in self.fields:
            if field.number == number and isinstance(field.value, bytes) and field.wire in (LENGTH, FIXED32):
                if len(field.value) % 4:
                    raise CorruptInput(f"a list of floats has {len(field.value)} bytes, expected fours")
                values += struct.unpack(f"<{len(field.value) // 4}f", field.value)
        return tuple(_shortest(value) for value in values)

    def blob(self, number: int) -> bytes:
        """Bytes, empty where absent."""
        for field in reversed(self.fields):
            if field.number == number and field.wire == LENGTH and isinstance(field.value, bytes):
                return field.value
        return b""

    def text(self, number: int) -> str:
        """A string, empty where absent; bytes that are not UTF-8 are replaced."""
        return self.blob(number).decode("utf-8", errors="replace")

    def message(self, number: int) -> Message:
        """A nested message, an empty one where absent."""
        return Message.parse(self.blob(number))

    def messages(self, number: int) -> tuple[Message, ...]:
        """All occurrences of a repeated nested message."""
        return tuple(
            Message.parse(field.value)
            for field in self.fields
            if field.number == number and field.wire == LENGTH and isinstance(field.value, bytes)
        )


def _varint(source: bytes, position: int) -> tuple[int, int]:
    value = 0
    for count, byte in enumerate(source[position : position + LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, position + count + 1
    raise CorruptInput(f"a protobuf number at byte {position} does not end")


def _payload(source: bytes, position: int, wire: int) -> tuple[int | bytes, int]:
    if wire == VARINT:
        return _varint(source, position)
    if wire == FIXED64:
        size = 8
    elif wire == FIXED32:
        size = 4
    elif wire == LENGTH:
        size, position = _varint(source, position)
    else:
        raise CorruptInput(f"a protobuf field has wire type {wire}, expected 0, 1, 2 or 5")
    if size > len(source) - position:
        raise CorruptInput(f"a protobuf field of {size} bytes at byte {position} is cut short")
    return source[position : position + size], position + size


def _shortest(value: float) -> float:
    return float(str(np.float32(value))) if isfinite(value) else value
