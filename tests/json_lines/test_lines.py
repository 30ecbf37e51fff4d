"""The loop: whatever arrives in whatever pieces, each line gets its one answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.json_lines import OPERATIONS, Answering, serve
from repetita.json_lines.operations import operation

REVIEW = b'{"id":1,"op":"review","card":null,"rating":3,"at":1795858200000}'


def answers(*blocks: bytes, **options: Any) -> list[dict[str, Any]]:
    waiting, written = [block for block in blocks if block], bytearray()
    count = serve(lambda size: waiting.pop(0) if waiting else b"", written.extend, **options)
    lines = bytes(written).split(b"\n")
    assert lines.pop() == b""
    assert len(lines) == count
    return [json.loads(line) for line in lines]


def test_every_operation_has_a_function():
    for name in OPERATIONS:
        assert isinstance(operation(name), Callable)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_line_ends(end):
    (answer,) = answers(REVIEW + end)
    assert (answer["id"], answer["ok"]) == (1, True)


def test_empty_lines_are_not_answered():
    assert answers(b"\n \n\r\n\t\n", b"\n") == []


def test_a_mark_at_the_start_is_no_part_of_the_request():
    assert answers(b"\xef\xbb\xbf" + REVIEW)[0]["ok"]


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_pieces_do_not_matter(data):
    text = b"\n".join([REVIEW, b"", b"{", REVIEW, b'{"op":"describe"}', b"\xff", REVIEW])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    blocks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert answers(*blocks) == answers(text)
    assert [answer["ok"] for answer in answers(text)] == [True, False, True, True, False, True]


@pytest.mark.parametrize("pieces", [1, 7])
def test_a_huge_line_is_refused_and_the_next_one_answered(pieces):
    huge = b'{"id": 5, "op": "' + b"x" * 5000 + b'"}\n' + REVIEW
    size = -(-len(huge) // pieces)
    blocks = [huge[i : i + size] for i in range(0, len(huge), size)]
    first, second = answers(*blocks, longest_line=1000)
    assert first["error"]["code"] == "corrupt_input"
    assert "5,0" in first["error"]["message"]
    assert second["ok"]


def test_a_huge_last_line_is_refused():
    (answer,) = answers(b"x" * 2000, longest_line=1000)
    assert answer["error"]["code"] == "corrupt_input"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "a request is a JSON object, got list"),
        (b"7", "got int"),
        (b'{"op": "describe"} {}', "not JSON"),
        (b'{"id": NaN, "op": "describe"}', "NaN is no JSON number"),
        (b'{"id": -Infinity}', "-Infinity is no JSON number"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8: byte 0xff at place 0"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_malformed_lines(line, said):
    (answer,) = answers(line)
    assert said in answer["error"]["message"]
    assert (answer["id"], answer["line"], answer["ok"]) == (None, 1, False)


@pytest.mark.parametrize("identity", [0, -1.5, "ü\ud800", None, [1, {"a": 2}], True])
def test_ids_come_back_as_they_were(identity):
    line = json.dumps({"id": identity, "op": "describe"}).encode()
    assert answers(line)[0]["id"] == identity
    line = json.dumps({"id": identity, "op": "nothing"}).encode()
    assert answers(line)[0]["id"] == identity


def test_a_number_too_large_for_a_float_is_refused_in_words():
    (answer,) = answers(b'{"id": 1, "op": "curve", "state": [1e999, 5], "elapsed_days": 1}')
    assert answer["error"]["message"] == "stability is inf, expected a finite number above 0"


@pytest.mark.parametrize("rating", [[], [3], [1, 2], "3", None, 0])
def test_a_rating_is_one_of_four_and_no_list(rating):
    request = {"id": 1, "op": "next_state", "state": [2.5, 5.0], "elapsed_days": 0, "rating": rating}
    (answer,) = answers(json.dumps(request).encode())
    assert answer["error"]["code"] == "usage"
    assert f"rating is {rating!r}" in answer["error"]["message"]


# JSON that people and programs send by mistake
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["fsrs6", "fsrs7", "dash", "repetita", "2026-11-28T09:30:00Z", "Card", 0.9, 3, 10**18]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
CARD = json.loads(Answering().answer(REVIEW))


@settings(max_examples=400, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(OPERATIONS)))
def test_nothing_that_is_sent_is_a_fault_of_ours(data, name):
    known = OPERATIONS[name]
    fields = {field: data.draw(_near(field)) for field in known.required}
    for field in known.optional:
        if data.draw(st.booleans()):
            fields[field] = data.draw(_near(field))
    line = json.dumps({"id": 1, "op": name, **fields}).encode()
    answer = json.loads(Answering().answer(line), parse_constant=_no_constant)
    assert answer["ok"] or answer["error"]["code"] != "internal_error", answer


def _near(field: str) -> st.SearchStrategy[Any]:
    """A value that fits a field, one near it, or anything."""
    card = CARD["card"]
    fits: dict[str, Any] = {
        "card": [None, card, {**card, "state": 2, "step": None}, {**card, "memory": [1]}],
        "entry": [CARD["entry"], {**CARD["entry"], "before": None}],
        "at": [1795958200000, "2027-11-28T09:30:00Z", "2027-11-28"],
        "rating": [1, 2, 3, 4, 3.0],
        "scheduler": [
            "default",
            {},
            {"model": "fsrs7"},
            {"fuzz": "anki"},
            {"buttons": 2},
            {"easy_days": [1]},
        ],
        "state": [[2.5, 5.0], [2.5, 1.5, 5.0], []],
        "elapsed_days": [0, 3, 2.5],
        "desired_retention": [0.9, 1.0],
        "parameters": [[], list(range(21))],
        "reviews": [[[0, 3], [2, 1]], [[0, 3], [1e308, 1]]],
        "histories": [[[[0, 3], [2, 1]]]],
        "history": [[[3, 1795858200000]], [CARD["entry"]]],
        "day_rule": [{"zone": "Asia/Tokyo"}, {"next_day_at": 1711857600}, {"next_day_at": 10**18}],
        "rows": [[[1795858200000, 1, 3]], [[1795858200000, 1, 3, 1, 2500, 0]], [[2**61, 1, 3]]],
        "rule": ["plain", "anki"],
        "interval_days": [7, 9.5],
        "minimum": [1, 9],
        "maximum": [9, 36500],
        "draws": [3],
        "seed": [0, 2**64 - 1, 2**64],
        "format": ["py-fsrs", "ts-fsrs"],
        "calendar": [{"2026-12-01": 3}],
        "model": ["fsrs6", "fsrs7", "hlr", "dash", "ebisu2"],
        "earlier": [0, "2024-03-30T22:50:00Z"],
        "later": [10**12, 10**18],
    }
    return st.sampled_from(fits[field]) | JSON if field in fits else JSON


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")
