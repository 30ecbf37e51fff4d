"""The conformance pack beside the packages that others use: what they answer alike, and where they differ."""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from repetita.conformance import Scorecard, check, chosen, make_pack

pytestmark = pytest.mark.oracle

ADAPTERS = Path(__file__).parent.parent.parent / "conformance" / "adapters"
DAY = 86_400


def scores(name: str) -> Scorecard:
    return check([sys.executable, str(ADAPTERS / name)], make_pack(), timeout=60)


def failed(card: Scorecard) -> dict[str, list[str]]:
    return {
        score.topic.label: [verdict.vector.id.rpartition("/")[2] for verdict in score.differences]
        for score in card.scores
        if score.differences
    }


@pytest.fixture(scope="module")
def py_fsrs() -> Scorecard:
    pytest.importorskip("fsrs", reason='needs pip install "repetita[bench]"')
    assert version("fsrs") == "6.3.2"
    return scores("py_fsrs.py")


@pytest.fixture(scope="module")
def fsrs_rs() -> Scorecard:
    pytest.importorskip("fsrs_rs_python", reason='needs pip install "repetita[bench]"')
    assert version("fsrs-rs-python") == "0.9.3"
    return scores("fsrs_rs.py")


def test_fsrs_rs_answers_all_alike(fsrs_rs: Scorecard) -> None:
    assert failed(fsrs_rs) == {}
    assert fsrs_rs.passed > 200


def test_py_fsrs_computes_alike_below_the_bound(py_fsrs: Scorecard) -> None:
    passed = {score.topic.label: score.passed for score in py_fsrs.scores if score.passed}
    assert passed["fsrs6/curve"] == 72
    assert passed["fsrs6/next_states"] == 120
    assert max(score.off for score in py_fsrs.scores if score.topic.name == "next_states") < 1e-11


def test_py_fsrs_deviates_as_documented(py_fsrs: Scorecard) -> None:
    """Should a release change this, docs/reference/conformance.md changes with it."""
    found = failed(py_fsrs)
    assert set(found) == {"fsrs6/histories", "rules/fuzz_draws", "rules/days"}
    assert found["fsrs6/histories"] == ["default easy up to the bound", "beside easy up to the bound"]
    assert found["rules/fuzz_draws"] == ["4", "7", "37", "100"]
    assert "UTC, next morning, not 24 hours later" in found["rules/days"]
    assert len(found["rules/days"]) == 11


# ---------------------------------------------------------------------- the official anki package
@pytest.fixture(scope="module")
def anki() -> Any:
    return pytest.importorskip("anki.collection", reason='needs pip install "repetita[oracle]"')


@pytest.fixture
def collection(anki: Any, tmp_path: Path) -> Any:
    opened = anki.Collection(str(tmp_path / "collection.anki2"))
    opened.set_config("fsrs", True)
    yield opened
    opened.close()


def items_vectors() -> list[Any]:
    (topic,) = chosen(make_pack(), ["training_items"])
    return [vector for vector in topic.vectors if vector.request["rule"] == "anki"]


@pytest.mark.parametrize("vector", items_vectors(), ids=lambda vector: vector.id.rpartition("/")[2])
def test_anki_makes_as_many_items(collection: Any, vector: Any) -> None:
    """Rows are moved by whole days to the present grid of the package, so that its days are the pack's."""
    request = vector.request
    next_day_at = collection._backend.sched_timing_today().next_day_at
    moved = (next_day_at - request["day_rule"]["next_day_at"]) * 1000
    rows = [
        (at + moved + number, card, ease, interval, factor, kind)
        for number, (at, card, ease, interval, factor, kind) in enumerate(request["rows"])
    ]
    collection.db.executemany("insert into revlog values (?, ?, -1, ?, ?, 0, ?, 4000, ?)", rows)
    cut = request.get("ignore_before")
    trained = collection._backend.compute_fsrs_params(
        search="",
        current_params=[],
        ignore_revlogs_before_ms=cut + moved if cut else 0,
        num_of_relearning_steps=1,
        health_check=False,
    )
    assert trained.fsrs_items == len(vector.expected["items"])


def test_anki_picks_the_same_days(collection: Any) -> None:
    """For a new card of the package, the seed is its id."""
    kind = collection.models.by_name("Basic")
    note = collection.new_note(kind)
    note["Front"] = "front"
    collection.add_note(note, 1)
    (card,) = note.card_ids()
    from repetita.json_lines import Answering

    for days in range(1, 400, 3):
        asked = {"op": "anki_fuzz", "interval_days": days, "minimum": 1, "maximum": 36500, "seed": card}
        ours = json.loads(Answering().answer(json.dumps(asked).encode()))["days"]
        assert days + collection.fuzz_delta(card, days) == ours


def test_the_pack_is_quick_to_make() -> None:
    began = time.process_time()
    make_pack()
    assert time.process_time() - began < 10
