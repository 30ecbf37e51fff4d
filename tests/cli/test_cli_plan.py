"""``repetita plan``: tools on cards in JSON lines, dry unless an output is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from repetita.scheduling import Card, DayRule, Scheduler

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
AT = ("--now", "2026-11-28T09:00Z")
OPTIONS = {
    "reschedule": ("--desired-retention", "0.8", "--keep-within", "0.1", "--answered-within", "30"),
    "postpone": ("--count", "4", "--seed", "2"),
    "advance": ("--count", "4", "--most-per-day", "50"),
    "flatten": ("--limit", "3"),
    "easy-days": ("--percentages", "1,1,1,1,1,0.5,0", "--date", "2026-12-01", "--date", "2026-12-02"),
    "disperse-siblings": (),
    "schedule-break": ("--days", "3", "--spread-days", "4", "--start", "2026-11-30"),
}


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scheduler = Scheduler()
    path = tmp_path_factory.mktemp("deck") / "cards.jsonl"
    made = [
        scheduler.review(Card(card_id=i, note_id=i // 2), 4, NOW - timedelta(days=i % 12))[0]
        for i in range(36)
    ]
    path.write_text(
        "\n".join(card.to_json() for card in [*made, Card(card_id=99)]) + "\n\n", encoding="utf-8"
    )
    return path


@pytest.mark.parametrize("tool", OPTIONS)
def test_every_tool_plans_and_writes_only_where_told(run, run_json, cards, tmp_path, tool):
    before = cards.read_bytes()
    shown = run("plan", tool, cards, *AT, *OPTIONS[tool])
    assert shown.exit_code == 0, shown.stderr
    assert "would move" in shown.stdout
    assert "today" in shown.stdout
    out = tmp_path / "after.jsonl"
    code, document = run_json("plan", tool, cards, *AT, *OPTIONS[tool], "-o", out)
    assert code == 0
    assert document["written"] is True
    assert document["cards"] == 37
    after = [Card.from_json(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [card.card_id for card in after] == [*range(36), 99]
    old = {card.card_id: card for card in map(Card.from_json, filter(None, before.decode().splitlines()))}
    changed = {card.card_id for card in after if card != old[card.card_id]}
    assert changed == {move["card_id"] for move in document["moves"]}
    assert changed
    assert cards.read_bytes() == before


def test_nothing_is_overwritten(run, run_json, cards, tmp_path):
    out = tmp_path / "after.jsonl"
    out.write_text("mine", encoding="utf-8")
    assert run("plan", "postpone", cards, *AT, "-o", out).exit_code == 2
    assert run("plan", "postpone", cards, *AT, "-o", cards).exit_code == 2
    assert out.read_text(encoding="utf-8") == "mine"
    code, document = run_json("plan", "postpone", cards, *AT, "-o", tmp_path / "new.jsonl", "--dry-run")
    assert (code, document["written"]) == (0, False)
    assert not (tmp_path / "new.jsonl").exists()
    assert run("plan", "postpone", cards, *AT, "-o", out, "--force").exit_code == 0


def test_the_scheduler_comes_from_a_file(run, run_json, cards, tmp_path):
    path = tmp_path / "scheduler.json"
    path.write_text(Scheduler(day_rule=DayRule("Asia/Tokyo", 4)).to_json(), encoding="utf-8")
    shown = run("plan", "flatten", cards, "--limit", "3", *AT, "--scheduler", path)
    assert shown.exit_code == 0
    assert "note: days turn over" not in shown.stderr
    path.write_text(Scheduler("fsrs5").to_json(), encoding="utf-8")
    code, document = run_json("plan", "flatten", cards, "--limit", "3", *AT, "--scheduler", path)
    assert code == 2
    assert "holds the memory of fsrs6" in document["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("flaten", "CARDS"), "did you mean 'flatten'"),
        (("flatten", "CARDS"), "flatten needs --limit"),
        (("flatten", "CARDS", "--limit", "3", "--seed", "1"), "flatten takes no --seed"),
        (("advance", "CARDS", "--date", "2026-12-01"), "advance takes no --date"),
        (("easy-days", "CARDS"), "needs shares of weekdays, or dates"),
        (("easy-days", "CARDS", "--percentages", "a,b"), "expected seven shares"),
        (("schedule-break", "CARDS", "--days", "3", "--spread-days", "2", "--start", "x"), "expected dates"),
    ],
)
def test_wrong_calls_are_explained(run, cards, arguments, words):
    shown = run("plan", *(cards if word == "CARDS" else word for word in arguments), *AT)
    assert shown.exit_code == 2
    assert words in shown.stderr


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "7", '{"kind": "Card", "schema": 1, "reps": -1}', '{"kind": "Plan", "schema": 1}', "\x00"],
)
def test_a_line_that_is_no_card_is_named(run_json, cards, tmp_path, line):
    path = tmp_path / "bad.jsonl"
    good = cards.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{good}\n{line}\n", encoding="utf-8")
    code, document = run_json("plan", "postpone", path, *AT)
    assert code == 4
    assert document["error"]["message"].startswith(f"line 2 of {path}")


def test_other_hostile_files(run, run_json, cards, tmp_path):
    path = tmp_path / "latin.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    assert run("plan", "postpone", path, *AT).exit_code == 4
    assert run("plan", "postpone", tmp_path, *AT).exit_code == 4
    twice = tmp_path / "twice.jsonl"
    line = cards.read_text(encoding="utf-8").splitlines()[0]
    twice.write_text(f"{line}\n{line}\n", encoding="utf-8")
    assert "occurs twice" in run("plan", "postpone", twice, *AT).stderr
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", encoding="utf-8")
    code, document = run_json("plan", "postpone", empty, *AT)
    assert (code, document["moves"]) == (0, [])
    scheduler = tmp_path / "scheduler.json"
    scheduler.write_text(json.dumps({"kind": "Scheduler", "schema": 9}), encoding="utf-8")
    assert run("plan", "postpone", cards, *AT, "--scheduler", scheduler).exit_code == 4
