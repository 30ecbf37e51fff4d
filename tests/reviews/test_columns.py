from __future__ import annotations

import pytest

from repetita.errors import InvalidColumns, UnknownName, UsageError
from repetita.reviews.columns import choose_columns


@pytest.mark.parametrize(
    "names",
    [
        ["card_id", "review_time", "review_rating", "review_state", "review_duration"],  # standard log
        ["cardId", "timestamp", "grade"],
        ["Card ID", "Reviewed At", "Answer"],
        ["CID", "date", "ease", "DID"],
        ["card_id", "rating", "review_datetime", "review_duration"],  # py-fsrs
        ["card_id", "day_offset", "rating", "state", "duration", "elapsed_days", "elapsed_seconds"],
        ["card_id", "review_th", "elapsed_days", "elapsed_seconds", "rating", "state", "duration"],
    ],
)
def test_layouts_of_the_ecosystem(names: list[str]) -> None:
    columns = choose_columns(names).columns
    assert {columns[role] for role in ("card_id", "rating")} <= set(names)
    assert len(set(columns.values())) == len(names)


def test_an_outcome_serves_where_there_is_no_rating() -> None:
    chosen = choose_columns(["card_id", "time", "Correct"])
    assert chosen.columns["rating"] == "Correct"
    assert "column 'Correct' is the rating" in chosen.notes
    assert choose_columns(["card_id", "time", "correct", "grade"]).columns["rating"] == "grade"
    for names in (["correct", "recalled"], []):
        with pytest.raises(InvalidColumns, match="no column for 'rating'"):
            choose_columns(["card_id", "time", *names])
    assert choose_columns(["card_id", "time", "x", "correct"], {"rating": "x"}).columns["rating"] == "x"


def test_every_missing_column_is_in_the_hint() -> None:
    with pytest.raises(InvalidColumns) as caught:
        choose_columns(["word", "when", "ratings"])
    assert (
        caught.value.hint
        == 'name them with columns={"card_id": "...", "rating": "ratings", "review_time": "..."}'
    )


def test_our_own_name_goes_before_a_synonym_and_says_so() -> None:
    chosen = choose_columns(["review_time", "review_date", "card_id", "rating"])
    assert chosen.columns["review_time"] == "review_time"
    assert chosen.notes == ("column 'review_time' is used, 'review_date' is not",)


@pytest.mark.parametrize("pair", [["timestamp", "date"], ["time", "date"], ["review_time", "Review Time"]])
def test_two_times_are_ambiguous(pair: list[str]) -> None:
    with pytest.raises(InvalidColumns, match=r"several columns may be the review_time.*columns="):
        choose_columns(["card_id", "rating", *pair])
    assert (
        choose_columns(["card_id", "rating", *pair], {"review_time": pair[1]}).columns["review_time"]
        == pair[1]
    )


def test_two_optional_columns_are_a_choice_with_a_note() -> None:
    chosen = choose_columns(["card_id", "rating", "timestamp", "did", "deck"])
    assert chosen.columns["deck_id"] == "did"
    assert any("'deck' is not used" in note for note in chosen.notes)


@pytest.mark.parametrize(
    ("names", "role", "hint"),
    [
        (["card_id", "review_time", "ratng"], "rating", '"ratng"'),
        (["crad_id", "review_time", "rating"], "card_id", '"crad_id"'),
        (["card_id", "rating", "reviewd_at"], "review_time", '"reviewd_at"'),
        (["card_id", "rating", "foo"], "review_time", "columns="),
        (["1", "1711744352250", "3"], "card_id", "first line must name"),
        ([], "card_id", "columns="),
    ],
)
def test_missing_columns_name_what_was_found_and_the_nearest(names: list[str], role: str, hint: str) -> None:
    with pytest.raises(InvalidColumns) as caught:
        choose_columns(names)
    assert caught.value.where == role
    assert all(name in caught.value.message for name in names if name not in ("card_id", "rating"))
    assert hint in str(caught.value.hint)


def test_overrides() -> None:
    names = ["card_id", "rating", "my_grade", "when", "elapsed_days"]
    chosen = choose_columns(names, {"rating": "my_grade", "review_time": "when", "elapsed_days": None})
    assert chosen.columns == {"card_id": "card_id", "rating": "my_grade", "review_time": "when"}
    with pytest.raises(UnknownName, match=r"did you mean 'rating'"):
        choose_columns(names, {"ratings": "my_grade"})
    with pytest.raises(UsageError, match="expected a mapping"):
        choose_columns(names, ["rating"])  # type: ignore[arg-type]
    with pytest.raises(InvalidColumns, match=r"no column 'my_grad' for rating.*did you mean 'my_grade'"):
        choose_columns(names, {"rating": "my_grad"})


def test_ankis_own_table() -> None:
    names = ["id", "cid", "usn", "ease", "ivl", "lastIvl", "factor", "time", "type"]
    columns = choose_columns(names).columns
    assert columns["review_time"] == columns["review_id"] == "id"
    assert columns["duration_ms"] == "time"
    assert columns["state"] == "type"
