from __future__ import annotations

import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tiny_collections import Row, Tiny, number_field, package, zstd

from repetita.errors import (
    CorruptInput,
    InputMissing,
    LockedInput,
    OutputError,
    RepetitaError,
    UnsupportedInput,
    UsageError,
)
from repetita.reviews.anki import ReadLimits, read_anki, read_collection
from repetita.reviews.anki import private_copy as private_copy_module

TINY = Tiny(rows=[Row(0, 3, type=0), Row(48, 3), Row(200, 1)])
OLD = Tiny(rows=TINY.rows, schema=11)


@pytest.fixture
def modern(tmp_path: Path) -> bytes:
    return TINY.bytes(tmp_path)


@pytest.mark.parametrize("layout", [1, 2, 3])
def test_every_layout_is_read(tmp_path: Path, layout: int) -> None:
    database = (TINY if layout == 3 else OLD).bytes(tmp_path)
    media = {"a.png": b"picture", "é.mp3": b"sound of it"}
    collection = read_collection(package(tmp_path / "deck.apkg", layout, database, media=media))
    assert collection.layout == f"package {layout}"
    assert collection.revlog.ease.tolist() == [3, 3, 1]
    assert [(m.name, m.member) for m in collection.media] == [("a.png", "0"), ("é.mp3", "1")]
    if layout == 3:
        assert [(m.size, m.sha1) for m in collection.media] == [(7, "01" * 20), (11, "01" * 20)]


def test_suffixes_mean_nothing(tmp_path: Path, modern: bytes) -> None:
    package(tmp_path / "package.txt", 3, modern)
    (tmp_path / "database.apkg").write_bytes(modern)
    (tmp_path / "compressed.anki2").write_bytes(zstd(modern))
    layouts = {
        name: read_collection(tmp_path / name).layout
        for name in ("package.txt", "database.apkg", "compressed.anki2")
    }
    assert layouts == {
        "package.txt": "package 3",
        "database.apkg": "database",
        "compressed.anki2": "zstd database",
    }


@pytest.mark.parametrize("layout", [2, 3])
def test_the_dummy_database_is_never_read(tmp_path: Path, layout: int) -> None:
    dummy = Tiny(rows=[], schema=11).bytes(tmp_path)
    path = package(tmp_path / "deck.apkg", layout, OLD.bytes(tmp_path), dummy=dummy)
    assert len(read_collection(path).revlog) == 3


def test_the_dummy_is_not_read_when_the_real_database_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "deck.apkg"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("meta", number_field(1, 3))
        archive.writestr("collection.anki2", OLD.bytes(tmp_path))
    with pytest.raises(CorruptInput, match="has no member collection"):
        read_collection(path)


def test_without_meta_the_newer_database_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "deck.apkg"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("collection.anki2", Tiny(rows=[], schema=11).bytes(tmp_path))
        archive.writestr("collection.anki21", OLD.bytes(tmp_path))
    collection = read_collection(path)
    assert (collection.layout, len(collection.revlog), collection.media) == ("package 2", 3, ())


@pytest.mark.parametrize("meta", [number_field(1, 4), number_field(1, 0), b"", number_field(7, 3)])
def test_a_newer_layout_is_refused_with_advice(tmp_path: Path, modern: bytes, meta: bytes) -> None:
    path = tmp_path / "deck.apkg"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("meta", meta)
        archive.writestr("collection.anki21b", zstd(modern))
    with pytest.raises(UnsupportedInput, match="older Anki versions"):
        read_collection(path)


def test_a_truncated_zip_is_refused(tmp_path: Path, modern: bytes) -> None:
    whole = package(tmp_path / "deck.apkg", 3, modern).read_bytes()
    for size in (4, 30, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.apkg").write_bytes(whole[:size])
        with pytest.raises(CorruptInput, match=r"cut\.apkg"):
            read_collection(tmp_path / "cut.apkg")


@pytest.mark.parametrize("damage", ["garbage", "cut", "empty", "more garbage behind"])
def test_damaged_zstd_is_refused(tmp_path: Path, modern: bytes, damage: str) -> None:
    frame = zstd(modern)
    broken = {
        "garbage": frame[:20] + b"\xff" * 200 + frame[220:],
        "cut": frame[: len(frame) // 2],
        "empty": b"",
        "more garbage behind": frame + b"garbage",
    }[damage]
    path = tmp_path / "deck.apkg"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("meta", number_field(1, 3))
        archive.writestr("collection.anki21b", broken)
    with pytest.raises(CorruptInput, match=r"zstd|cut short"):
        read_collection(path)


def test_several_zstd_frames_are_one_stream(tmp_path: Path, modern: bytes) -> None:
    (tmp_path / "two.anki21b").write_bytes(zstd(modern[:5000]) + zstd(modern[5000:]))
    assert len(read_collection(tmp_path / "two.anki21b").revlog) == 3


@pytest.mark.parametrize("kind", ["zip", "zstd", "zstd in zip"])
def test_a_bomb_is_refused_early(tmp_path: Path, modern: bytes, kind: str) -> None:
    bomb = modern + bytes(30_000_000)
    path = tmp_path / "bomb.apkg"
    if kind == "zstd":
        path.write_bytes(zstd(bomb))
    else:
        package(path, 3 if kind == "zstd in zip" else 2, bomb)
    limits = ReadLimits(free_bytes=1_000_000, ratio=5)
    with pytest.raises(CorruptInput, match="expands to more than 1000000"):
        read_collection(path, limits=limits)
    with pytest.raises(CorruptInput, match="expands to more than 20000000"):
        read_collection(path, limits=ReadLimits(total_bytes=20_000_000))
    assert len(read_collection(path).revlog) == 3


def test_a_bomb_in_the_media_list_is_refused(tmp_path: Path, modern: bytes) -> None:
    path = tmp_path / "bomb.apkg"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("meta", number_field(1, 3))
        archive.writestr("collection.anki21b", zstd(modern))
        archive.writestr("media", zstd(bytes(3_000_000)))
    with pytest.raises(CorruptInput, match="expands to more than"):
        read_collection(path, limits=ReadLimits(free_bytes=1_000_000, ratio=5))


def test_limits_must_be_positive() -> None:
    with pytest.raises(UsageError, match="ratio is 0"):
        ReadLimits(ratio=0)


@pytest.mark.parametrize("listing", [b"[1, 2]", b"{", b"\xff\xfe"])
def test_a_media_list_that_is_none_is_refused(tmp_path: Path, listing: bytes) -> None:
    path = tmp_path / "deck.apkg"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("collection.anki2", OLD.bytes(tmp_path))
        archive.writestr("media", listing)
    with pytest.raises(CorruptInput, match="media list"):
        read_collection(path)


def test_what_is_no_anki_file_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "text.apkg").write_text("card_id,rating\n1,3\n")
    with pytest.raises(UnsupportedInput, match="b'card_id,'"):
        read_collection(tmp_path / "text.apkg")
    (tmp_path / "empty.apkg").write_bytes(b"")
    with pytest.raises(CorruptInput, match="is empty"):
        read_collection(tmp_path / "empty.apkg")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(CorruptInput, match="not a whole Anki package"):
        read_collection(tmp_path / "other.zip")
    (tmp_path / "text.anki21b").write_bytes(zstd(b"hello world"))
    with pytest.raises(CorruptInput, match="SQLite database was expected"):
        read_collection(tmp_path / "text.anki21b")


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="no such file"):
        read_anki(tmp_path / "none.colpkg")
    with pytest.raises(InputMissing, match="is a folder"):
        read_anki(tmp_path)
    with pytest.raises(RepetitaError):
        read_anki("nul\0byte")


def test_the_original_and_its_folder_stay_as_they_are(tmp_path: Path) -> None:
    path = TINY.write(tmp_path / "collection.anki2")
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode = wal")
    connection.close()
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()}
    path.chmod(0o400)
    assert len(read_collection(path).revlog) == 3
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()} == before


def test_answers_in_the_write_ahead_log_are_read(tmp_path: Path) -> None:
    path = TINY.write(tmp_path / "collection.anki2")
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma wal_autocheckpoint = 0")
    connection.execute("insert into revlog values (1804096000000, 1, 0, 4, 1, 1, 1, 1, 1)")
    connection.commit()
    assert (tmp_path / "collection.anki2-wal").stat().st_size > 0
    assert read_collection(path).revlog.ease.tolist() == [3, 3, 1, 4]
    connection.close()


def test_no_temporary_copy_is_left(tmp_path: Path, modern: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "temporary"
    work.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(work))
    (tmp_path / "a.anki2").write_bytes(modern)
    (tmp_path / "b.anki2").write_bytes(modern[:9000])
    read_collection(tmp_path / "a.anki2")
    with pytest.raises(CorruptInput):
        read_collection(tmp_path / "b.anki2")
    assert list(work.iterdir()) == []


HOLDER = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("pragma locking_mode = exclusive")
c.execute(sys.argv[2])
c.execute("update col set usn = 1")
c.execute("begin exclusive")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there, copying a held file fails by itself")
@pytest.mark.parametrize("journal", ["pragma journal_mode = wal", "pragma journal_mode = delete"])
def test_a_collection_that_anki_holds_is_reported(tmp_path: Path, journal: str) -> None:
    path = TINY.write(tmp_path / "collection.anki2")
    command = [sys.executable, "-c", HOLDER, str(path), journal]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedInput, match="close Anki"):
            read_collection(path)
        collection = read_collection(path, allow_locked=True)
        assert len(collection.revlog) == 3
        assert "was open in another program" in collection.remarks[0]
        assert collection.remarks[0] in read_anki(collection).funnel.guesses
        holder.stdin.close()
    assert len(read_collection(path).revlog) == 3


def test_a_full_disk_is_not_blamed_on_the_file(
    tmp_path: Path, modern: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.anki2").write_bytes(modern)
    monkeypatch.setattr(private_copy_module, "COPY_NAME", "no such folder/collection.db")
    with pytest.raises(OutputError, match="could not be written"):
        read_collection(tmp_path / "a.anki2")
