from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from repetita.kernels import source_cache

TEXT = '''"""A kernel that is quick to compile."""

from repetita.kernels.compiling import kernel

SIGNATURES = {"double": "void(float64[::1])"}


@kernel
def double(values):
    for i in range(values.size):
        values[i] = 2.0 * values[i]
'''


@pytest.fixture
def base(tmp_path, monkeypatch):
    """An empty cache folder, forgotten again after the test."""
    monkeypatch.setenv(source_cache.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(source_cache, "_entries", {})
    source_cache.folder.cache_clear()
    yield tmp_path / "cache"
    source_cache.folder.cache_clear()


def doubled(text=TEXT):
    """What a freshly loaded kernel makes of 1, 2."""
    source_cache._entries.clear()
    values = np.array([1.0, 2.0])
    source_cache.entry("double", text, "double")(values)
    return values.tolist()


def test_text_and_machine_code_lie_in_a_folder_named_by_the_digest(base):
    assert doubled() == [2.0, 4.0]
    folder = base / f"kernels-{source_cache.digest()}"
    assert (folder / "double.py").read_text() == TEXT
    assert [path.suffix for path in sorted((folder / "__pycache__").glob("double.double*"))] == [
        ".nbc",
        ".nbi",
    ]


def test_second_load_reads_machine_code(base):
    doubled()
    (code,) = base.glob("*/__pycache__/*.nbc")
    written = code.stat().st_mtime_ns
    assert doubled() == [2.0, 4.0]
    function = source_cache._entries["double", "double"]
    assert sum(function.stats.cache_hits.values()) == 1
    assert code.stat().st_mtime_ns == written


@pytest.mark.parametrize("pattern", ["__pycache__/*.nbi", "__pycache__/*.nbc", "double.py"])
@pytest.mark.parametrize("content", [b"", b"garbage", None])
def test_damaged_files_are_made_again(base, pattern, content):
    doubled()
    (path,) = base.glob(f"*/{pattern}")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert doubled() == [2.0, 4.0]
    if path.suffix == ".py":
        assert path.read_bytes() == whole
    doubled()
    assert sum(source_cache._entries["double", "double"].stats.cache_hits.values()) == 1


def test_another_text_of_the_same_name_replaces_the_first(base):
    doubled()
    assert doubled(TEXT.replace("2.0 *", "3.0 *")) == [3.0, 6.0]


def test_only_the_declared_types_are_taken(base):
    doubled()
    function = source_cache._entries["double", "double"]
    with pytest.raises(TypeError):
        function(np.array([1, 2]))


def test_without_a_disk_kernels_live_in_memory(base, monkeypatch):
    def full(path, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(source_cache, "_write", full)
    assert doubled() == [2.0, 4.0]
    assert not list(base.glob("*/*.py"))


def test_machine_code_that_cannot_be_written_is_no_failure(base):
    doubled()
    (code,) = base.glob("*/__pycache__/*.nbc")
    pycache = code.parent
    for path in pycache.iterdir():
        path.unlink()
    # a folder in the place of the file: writing fails whoever runs the test
    (pycache / code.name.replace(".1.nbc", ".nbi")).mkdir()
    assert doubled() == [2.0, 4.0]


def test_an_unusable_folder_is_passed_over(base, monkeypatch, tmp_path):
    base.write_text("a file, not a folder")
    monkeypatch.setattr(source_cache, "_platform_folder", lambda: str(base / "below"))
    monkeypatch.setattr(source_cache.tempfile, "tempdir", str(tmp_path))
    private = source_cache.folder().parent
    assert private.parent == tmp_path
    if os.name == "posix":
        assert private.stat().st_mode & 0o777 == 0o700
    assert doubled() == [2.0, 4.0]


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_a_temporary_folder_that_others_can_write_to_is_not_trusted(monkeypatch, tmp_path):
    monkeypatch.setattr(source_cache.tempfile, "tempdir", str(tmp_path))
    open_to_all = tmp_path / f"repetita-{os.getuid()}"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    assert source_cache._temporary_folder() != open_to_all


def test_platform_folder_is_used_without_the_variable(base, monkeypatch, tmp_path):
    monkeypatch.delenv(source_cache.VARIABLE)
    monkeypatch.setattr(source_cache, "_platform_folder", lambda: str(tmp_path / "platform"))
    assert source_cache.folder().parent == tmp_path / "platform"


def digest_of_copy(tmp_path, change=None):
    """The digest of a copy of the package, in a process of its own, after a change."""
    import shutil

    import repetita

    copy = tmp_path / "copy" / "repetita"
    if not copy.exists():
        shutil.copytree(Path(repetita.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    if change:
        path = copy / change
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    code = "from repetita.kernels.source_cache import digest; print(digest())"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "copy"), "PYTHONDONTWRITEBYTECODE": "1"}
    found = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()


def test_a_changed_source_gets_another_folder(tmp_path):
    seen = [digest_of_copy(tmp_path)]
    assert seen[0] == digest_of_copy(tmp_path)
    for change in (
        "equations/fsrs6.py",
        "derivatives/fsrs6.py",
        "kernels/mathematics.py",
        "kernels/templates/gradient.txt",
    ):
        seen.append(digest_of_copy(tmp_path, change))
    assert len(set(seen)) == len(seen)


def test_processes_may_start_at_once(base, tmp_path):
    script = tmp_path / "start.py"
    script.write_text(
        "import numpy as np\n"
        "from repetita.kernels.source_cache import entry\n"
        f"text = {TEXT!r}\n"
        "values = np.array([1.0, 2.0])\n"
        "entry('double', text, 'double')(values)\n"
        "assert values.tolist() == [2.0, 4.0]\n"
    )
    running = [subprocess.Popen([sys.executable, str(script)], stderr=subprocess.PIPE) for _ in range(3)]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    assert not list(base.glob("*/double.py?*"))


def test_numba_is_not_imported_before_a_kernel_runs():
    code = (
        "import sys, repetita.kernels, repetita.kernels.packing, repetita.kernels.objective,"
        " repetita.kernels.replay, repetita.kernels.elementwise, repetita.kernels.reference\n"
        "assert 'numba' not in sys.modules and 'llvmlite' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
