from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from repetita import output
from repetita.errors import OutputError, OutputExists
from repetita.output import atomic_path, check_writable, write_atomically


def test_a_file_appears_whole(tmp_path: Path) -> None:
    path = write_atomically(tmp_path / "a.bin", b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    assert write_atomically(tmp_path / "b.txt", "é").read_bytes() == b"\xc3\xa9"
    assert sorted(os.listdir(tmp_path)) == ["a.bin", "b.txt"]


def test_the_umask_decides_on_permissions(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        path = write_atomically(tmp_path / "a", b"")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_nothing_is_overwritten_unless_asked_for(tmp_path: Path) -> None:
    path = write_atomically(tmp_path / "a", b"1")
    with pytest.raises(OutputExists, match="exists already") as caught:
        write_atomically(path, b"2")
    assert caught.value.code == "output_exists"
    assert path.read_bytes() == b"1"
    assert write_atomically(path, b"2", force=True).read_bytes() == b"2"


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def meanwhile() -> None:
        with atomic_path(path) as temporary:
            temporary.write_bytes(b"ours")
            path.write_bytes(b"theirs")

    with pytest.raises(OutputExists):
        meanwhile()
    assert path.read_bytes() == b"theirs"
    assert os.listdir(tmp_path) == ["a"]


def test_file_systems_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(output.os, "link", refuse)
    assert write_atomically(tmp_path / "a", b"1").read_bytes() == b"1"
    with pytest.raises(OutputExists), atomic_path(tmp_path / "b"):
        (tmp_path / "b").write_bytes(b"theirs")
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_a_failed_block_leaves_the_old_file(tmp_path: Path) -> None:
    path = write_atomically(tmp_path / "a", b"old")

    def fail_half_way() -> None:
        with atomic_path(path, force=True) as temporary:
            temporary.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_links_are_followed(tmp_path: Path) -> None:
    target = write_atomically(tmp_path / "target", b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    write_atomically(link, b"new", force=True)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        write_atomically(tmp_path, b"")
    with pytest.raises(OutputError, match="does not exist"):
        write_atomically(tmp_path / "no" / "a", b"")
    with pytest.raises(OutputError, match="null character"):
        write_atomically("a\0b", b"")
    with pytest.raises(OutputError, match="too long"):
        write_atomically(tmp_path / ("a" * 300), b"")
    assert check_writable(tmp_path / "new") == (tmp_path / "new").resolve()
    assert os.listdir(tmp_path) == []


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = write_atomically(tmp_path / "a", b"old")
    code = f"""
import resource
from repetita.errors import OutputError
from repetita.output import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write_atomically({str(path)!r}, b"x" * 10_000, force=True)
except OutputError as error:
    print(error.code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "output_failed", done.stderr
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_devices_are_written_to_as_they_are() -> None:
    with pytest.raises(OutputError, match="No space left"):
        write_atomically("/dev/full", b"x" * 100_000)
    assert write_atomically("/dev/null", b"x") == Path("/dev/null")
    assert Path("/dev/null").is_char_device()
