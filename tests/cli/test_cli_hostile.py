"""Everything that a file may do to its reader, line by line, through the command line and through Python.

Each ends in a sentence with a documented exit code, or in counted drops and a fit. The file and its
folder stay as they were.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tiny_collections import Row, Tiny, package, zstd

import repetita as rp
from repetita import errors

START_MS = 1_700_000_000_001
DAY_MS = 86_400_000
HEADER = "card_id,review_time,rating\n"
COLLECTION = Tiny(rows=[Row(0, 3, type=0), Row(48, 3), Row(200, 1), Row(500, 3)])
Make = Callable[[Path], Path]


def csv(*rows: tuple[object, ...]) -> Make:
    """A table of rows (card, time, rating)."""

    def make(folder: Path) -> Path:
        path = folder / "log.csv"
        path.write_text(HEADER + "".join(",".join(map(str, row)) + "\n" for row in rows))
        return path

    return make


def raw(name: str, content: bytes) -> Make:
    """A file of these bytes."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def truncated_zip(folder: Path) -> Path:
    path = package(folder / "c.colpkg", 3, database())
    path.write_bytes(path.read_bytes()[:-40])
    return path


def zip_bomb(folder: Path) -> Path:
    return package(folder / "c.colpkg", 2, database(schema=11) + bytes(80_000_000))


def zstd_bomb(folder: Path) -> Path:
    return package(folder / "c.colpkg", 3, database() + bytes(80_000_000))


def zstd_garbage(folder: Path) -> Path:
    path = folder / "c.anki21b"
    path.write_bytes(zstd(database())[:20] + random.Random(0).randbytes(4000))
    return path


def missing_tables(folder: Path) -> Path:
    path = folder / "c.anki2"
    with sqlite3.connect(path) as connection:
        connection.execute("create table col (id)")
    connection.close()
    return path


def missing_columns(folder: Path) -> Path:
    path = Tiny(rows=COLLECTION.rows, schema=11).write(folder / "c.anki2")
    with sqlite3.connect(path) as connection:
        connection.execute("alter table revlog drop column ease")
    connection.close()
    return path


def database(schema: int = 18) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        rows = COLLECTION.rows
        return Tiny(rows=rows, schema=schema).write(Path(folder) / "c.anki2").read_bytes()


def folder_named_like_a_log(folder: Path) -> Path:
    path = folder / "log.csv"
    path.mkdir()
    return path


def nothing_there(folder: Path) -> Path:
    return folder / "log.csv"


days = [START_MS + k * DAY_MS for k in range(9)]

REFUSED: dict[str, tuple[Make, type[errors.RepetitaError], str]] = {
    "empty table": (raw("log.csv", b""), errors.NoReviews, "is empty"),
    "empty package": (raw("c.colpkg", b""), errors.NoReviews, "is empty"),
    "empty Parquet": (raw("log.parquet", b""), errors.NoReviews, "is empty"),
    "no rows": (raw("log.csv", HEADER.encode()), errors.NoReviews, "no rows"),
    "truncated zip": (truncated_zip, errors.CorruptInput, "truncated zip"),
    "zip bomb": (zip_bomb, errors.CorruptInput, "expands to more than"),
    "zstd bomb": (zstd_bomb, errors.CorruptInput, "expands to more than"),
    "zstd garbage": (zstd_garbage, errors.CorruptInput, "zstd"),
    "missing tables": (missing_tables, errors.CorruptInput, "without the table"),
    "missing columns": (missing_columns, errors.CorruptInput, "no such column"),
    "all before 1970": (csv((1, -5, 3), (1, -START_MS, 3)), errors.NoReviews, "-2 before 2006"),
    "all in the far future": (csv((1, 4_102_444_800_000, 3)), errors.NoReviews, "-1 in the future"),
    "no rating usable": (
        csv(*((1, at, rating) for at, rating in zip(days, (0, 5, "NaN", "soso", ""), strict=False))),
        errors.NoReviews,
        "-3 invalid rating",
    ),
    "bytes of no encoding": (
        raw("log.csv", b"\x00\xff\xfe\x00" * 99),
        errors.UnsupportedInput,
        "neither text",
    ),
    "a folder": (folder_named_like_a_log, errors.InputMissing, "is a folder"),
    "a missing path": (nothing_there, errors.InputMissing, "no file"),
}

TAKEN: dict[str, tuple[Make, dict[str, int], int]] = {
    "negative and far-future times": (
        csv((1, -5, 3), (1, days[0], 3), (1, days[3], 3), (1, 10**17, 3), (1, 4_102_444_800_000, 1)),
        {"before 2006": 1, "unreadable time": 1, "in the future": 1},
        1,
    ),
    "ratings 0, 5, NaN and text": (
        csv(*((1, at, r) for at, r in zip(days, (3, 0, 5, "NaN", "soso", "", 2.5, 4), strict=False))),
        {"missing rating": 2, "invalid rating": 4},
        1,
    ),
    "duplicate rows": (csv(*((1, at, 3) for at in days[:4] * 3)), {"duplicate row": 8}, 3),
    "seconds": (csv(*((c, at // 1000, 3) for c in (1, 2) for at in days[::2])), {}, 8),
    "unsorted rows": (csv(*((c, at, 3) for at in days[::-2] for c in (2, 1))), {}, 8),
    "cards with one review": (csv(*((c, days[0] + c, 3) for c in range(50))), {}, 0),
    "not UTF-8": (
        raw("log.csv", f"{HEADER}é,{days[0]},3\né,{days[2]},3\n".encode("latin-1")),
        {},
        1,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused(run, run_json, tmp_path, case):
    make, kind, phrase = REFUSED[case]
    path = make(tmp_path)
    before = contents(tmp_path)
    for command in ("inspect", "fit"):
        code, document = run_json(command, path)
        error = document["error"]
        assert (code, error["code"]) == (4, kind.code), document
        assert phrase in error["message"]
        shown = run(command, path)
        assert shown.exit_code == 4
        assert not shown.stdout
        assert shown.stderr.startswith("error: ")
    with pytest.raises(kind, match=phrase):
        rp.read_reviews(path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("case", TAKEN)
def test_what_can_be_used_is_counted_and_fitted(run_json, tmp_path, case):
    make, dropped, scored = TAKEN[case]
    path = make(tmp_path)
    before = contents(tmp_path)
    log = rp.read_reviews(path)
    assert {step.name: step.dropped for step in log.funnel.steps if step.dropped} == dropped
    code, document = run_json("inspect", path)
    assert (code, document["scored"]) == (0, scored)
    assert document["funnel"] == log.funnel.to_dict()
    code, document = run_json("fit", path)
    assert (code, document["scored"]) == (0, scored)
    assert document["status"] == rp.fit(log).status == ("small_sample" if scored else "no_scored_reviews")
    assert contents(tmp_path) == before


def test_one_card_with_20_000_reviews(run_json, tmp_path):
    draw = random.Random(5)
    rows = [(1, START_MS - (20_000 - k) * DAY_MS // 4, draw.choice((1, 3, 3, 4))) for k in range(20_000)]
    path = csv(*rows)(tmp_path)
    code, document = run_json("fit", path)
    assert code == 0
    assert (document["cards"], document["reviews"]) == (1, 20_000)
    assert document["log_loss"] < document["log_loss_default"]
    code, document = run_json("evaluate", path)
    assert (code, document["cards"]) == (0, 1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs the memory of children")
def test_ten_million_rows_of_one_day(tmp_path):
    rows = 10_000_000
    path = tmp_path / "log.parquet"
    pl.DataFrame(
        {
            "card_id": pl.int_range(rows, eager=True) * 7919 % 909_091,
            "review_time": 1_700_025_000_000 + pl.int_range(rows, eager=True) % 50_000_000,
            "rating": pl.int_range(rows, eager=True) % 4 + 1,
        }
    ).write_parquet(path)
    code = (
        "import resource, sys; from repetita.cli import app\n"
        "try: app.main(sys.argv[1:])\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    call = [sys.executable, "-c", code, "fit", path, "--json", "--quiet"]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    document = json.loads(done.stdout)
    assert (document["reviews"], document["status"]) == (rows, "no_scored_reviews")
    kibibytes = int(done.stderr) if sys.platform == "linux" else int(done.stderr) / 1024
    assert kibibytes * 1024 < 300 * rows  # all of it: Python, the table of 24 bytes a row, the log


def test_an_unknown_zone(run_json, tmp_path):
    path = csv((1, days[0], 3))(tmp_path)
    code, document = run_json("fit", path, "--zone", "Mars/Olympus_Mons")
    assert (code, document["error"]["code"]) == (2, "unknown_name")
    with pytest.raises(errors.UnknownName, match="time zone"):
        rp.read_reviews(path, zone="Mars/Olympus_Mons")


def test_a_file_name_that_is_no_text(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.csv"
    try:
        os.rename(csv((1, days[0], 3), (1, days[3], 3))(tmp_path), path)
    except OSError:
        pytest.skip("the file system takes no such name")
    for command in ("inspect", "fit"):
        call = [sys.executable, "-m", "repetita", command, path, "--json"]
        done = subprocess.run(call, capture_output=True)
        assert done.returncode == 0, done.stdout
        assert json.loads(done.stdout)["scored"] == 1


HOLDER = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("pragma locking_mode = exclusive")
c.execute("begin exclusive")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there, copying a held file fails by itself")
def test_a_collection_locked_by_another_process(run, run_json, tmp_path):
    path = COLLECTION.write(tmp_path / "collection.anki2")
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        code, document = run_json("fit", path)
        assert (code, document["error"]["code"]) == (4, "locked_input")
        assert "--allow-locked" in document["error"]["hint"]
        with pytest.raises(errors.LockedInput, match="allow_locked=True"):
            rp.read_reviews(path)
        for command in ("inspect", "fit"):
            shown = run(command, path, "--allow-locked")
            assert shown.exit_code == 0
            assert "was open in another program" in shown.stdout + shown.stderr
        assert len(rp.read_reviews(path, allow_locked=True)) == 4
        holder.stdin.close()
    assert run("fit", path).exit_code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
@pytest.mark.parametrize("command", ["inspect", "report", "demo"])
def test_a_full_disk(tmp_path, command):
    pytest.importorskip("matplotlib")
    folder = tmp_path / "out"
    folder.mkdir()
    # a file may grow to 4 KiB, as on a disk that is nearly full: copies of collections and results do not fit
    log = (
        COLLECTION.write(tmp_path / "c.anki2")
        if command == "inspect"
        else csv(*((c, at + c, 1 + c % 4) for c in range(40) for at in days))(tmp_path)
    )
    suffix = {"report": "r.html", "demo": "d.html"}
    output = ["-o", str(folder / suffix[command])] if command in suffix else []
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "import numba, polars, matplotlib.font_manager\n"
        "from repetita.cli import app\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        f"app.main({[command, str(log), *output, '--json']!r})"
    )
    done = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True)
    assert done.returncode == 6, done.stderr
    assert json.loads(done.stdout)["error"]["code"] == "output_failed"
    assert list(folder.iterdir()) == []


def contents(folder: Path) -> dict[str, Any]:
    """Every file with its bytes and time."""
    return {
        str(p): (p.read_bytes(), p.stat().st_mtime_ns) if p.is_file() else None for p in folder.rglob("*")
    }
