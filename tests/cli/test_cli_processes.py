"""What only shows in a process of its own: start-up, signals, closed and full outputs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

REPETITA = [sys.executable, "-m", "repetita"]
FULL = "/dev/full"


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from repetita.cli import app\n"
        "try: app.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'polars', 'rich', 'matplotlib', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="needs the processor time of children")
def test_help_answers_at_once():
    # processor time, because other work on the machine is not ours
    import resource

    spent = []
    for _ in range(7):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*REPETITA, "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.2


def test_a_reader_that_goes_away_is_no_failure(csv_log):
    with subprocess.Popen(
        [*REPETITA, "predict", str(csv_log), "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
        assert (process.wait(60), told) == (0, b"")


@pytest.mark.skipif(not os.path.exists(FULL), reason="the system has no /dev/full")
@pytest.mark.parametrize("form", [["--json"], []])
def test_a_full_disk_behind_standard_output(csv_log, form):
    with open(FULL, "wb") as full:
        done = subprocess.run(
            [*REPETITA, "inspect", str(csv_log), "--quiet", *form],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 6
    assert done.stderr.startswith("error: could not write to standard output")
    assert "Exception ignored" not in done.stderr


@pytest.mark.skipif(not os.path.exists(FULL), reason="the system has no /dev/full")
def test_a_full_disk_behind_an_output(csv_log):
    done = subprocess.run(
        [*REPETITA, "fit", str(csv_log), "-o", FULL, "--json"], capture_output=True, text=True
    )
    assert done.returncode == 6
    assert json.loads(done.stdout)["error"]["code"] == "output_failed"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_full_disk_behind_a_file_leaves_nothing(csv_log, tmp_path):
    # a file may grow to 8 KiB, as on a disk that is nearly full
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from repetita.cli import app, _app\n"
        "import repetita.output, repetita.cli.commands.predict, polars, numba\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        f"app.main(['predict', {str(csv_log)!r}, '-o', {str(tmp_path / 'out.csv')!r}, '--json'])"
    )
    done = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True)
    assert done.returncode == 6, done.stderr
    assert json.loads(done.stdout)["error"]["code"] == "output_failed"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_ctrl_c(tmp_path):
    # twenty years of a hundred thousand cards: at work for much longer than this test waits
    work = ["demo", "--cards", "100000", "--days", "20y", "-o", str(tmp_path / "demo"), "--json"]
    slow = (
        "import sys; from repetita.cli import app; import repetita.cli.commands.demo, repetita.reviews\n"
        # a library that is interrupted while it is imported may say that it cannot be
        "import matplotlib.figure, numba, polars\n"
        "print('at work', file=sys.stderr, flush=True)\n"
        f"app.main({work!r})"
    )
    command = [sys.executable, "-c", slow]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stderr is not None
        assert process.stderr.readline() == "at work\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert json.loads(out)["error"]["code"] == "interrupted"
    assert "Traceback" not in told
    assert not list(tmp_path.rglob("*.*"))


def test_output_that_knows_few_letters(csv_log, tmp_path):
    odd = tmp_path / "журнал.csv"
    odd.write_bytes(csv_log.read_bytes())
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for form in ([], ["--json"]):
        done = subprocess.run([*REPETITA, "inspect", str(odd), *form], capture_output=True, env=ascii_only)
        assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["source"] == odd.name


def test_colors_only_on_a_terminal(csv_log):
    done = subprocess.run(
        [*REPETITA, "inspect", str(csv_log)],
        capture_output=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    assert b"\x1b[" not in done.stdout + done.stderr
