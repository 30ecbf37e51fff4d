from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_collections import bytes_field, number_field, real_field, varint

from repetita.errors import CorruptInput, RepetitaError
from repetita.reviews.anki.protobuf import Message


def test_fields_are_read_by_number_and_absent_ones_are_zero() -> None:
    message = Message.parse(number_field(1, 300) + real_field(2, 0.9) + bytes_field(3, "été".encode()))
    assert message.integer(1) == 300
    assert message.real(2) == 0.9
    assert message.text(3) == "été"
    assert (message.integer(8), message.real(8), message.text(8), message.blob(8)) == (0, 0.0, "", b"")
    assert message.has(1)
    assert not message.has(8)


def test_the_last_occurrence_of_a_single_field_counts() -> None:
    assert Message.parse(number_field(1, 5) + number_field(1, 7)).integer(1) == 7


def test_floats_are_read_packed_and_one_by_one() -> None:
    packed = Message.parse(bytes.fromhex("0a080000803f6666663f"))
    assert packed.reals(1) == (1.0, 0.9)
    assert Message.parse(real_field(1, 1.0) + real_field(1, 0.9)).reals(1) == (1.0, 0.9)


def test_nested_messages() -> None:
    inner = number_field(1, 4)
    message = Message.parse(bytes_field(2, inner) + bytes_field(2, b""))
    assert [m.integer(1) for m in message.messages(2)] == [4, 0]
    assert message.message(9).fields == ()


def test_unknown_fields_survive_byte_for_byte() -> None:
    # an eight-byte field and a number written in more bytes than needed
    odd = varint(99 << 3 | 1) + bytes(range(8)) + b"\x08\x83\x00"
    assert Message.parse(odd).encode() == odd


@pytest.mark.parametrize(
    "broken",
    [
        b"\x80" * 11,
        b"\x08",
        b"\x0a\x05abc",
        b"\x0d\x00",
        b"\x0b",
        b"\x00\x01",
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ],
)
def test_what_is_no_message_is_refused(broken: bytes) -> None:
    with pytest.raises(CorruptInput):
        Message.parse(broken)


def test_a_packed_list_of_odd_length_is_refused() -> None:
    with pytest.raises(CorruptInput, match="fours"):
        Message.parse(bytes_field(1, b"abcde")).reals(1)


@given(st.binary(max_size=60))
def test_any_bytes_parse_and_give_themselves_back_or_are_refused(source: bytes) -> None:
    try:
        message = Message.parse(source)
    except RepetitaError:
        return
    assert message.encode() == source
