"""Tables, notes and progress: plain where nobody is looking, drawn where somebody is."""

from __future__ import annotations

import io
import sys

import pytest

from repetita.cli._terminal import Manner, print_table

ROWS = [("stability", "1.25", "—"), ("日本語", "-10.00", "x")]


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def test_plain_table_sets_numbers_right_and_counts_wide_letters(capsys):
    print_table(("name", "value", ""), ROWS, title="things")
    assert capsys.readouterr().out.splitlines() == [
        "",
        "things",
        "  name        value",
        "  stability    1.25  —",
        "  日本語     -10.00  x",
    ]


def test_a_table_without_headings_has_no_heading_line(capsys):
    print_table(("", ""), [("a", "b")])
    assert capsys.readouterr().out == "\n  a  b\n"


def test_on_a_terminal_the_same_cells_are_drawn(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", Terminal())
    print_table(("name", "value", ""), ROWS)
    drawn = sys.stdout.getvalue()
    assert "\x1b[1m" in drawn
    for cell in (cell for row in ROWS for cell in row):
        assert cell in drawn


def test_no_color_is_honored(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stdout", Terminal())
    print_table(("name",), [("red",)])
    assert "\x1b[3" not in sys.stdout.getvalue()


def test_progress_without_a_terminal_is_a_line_for_every_tenth(capsys):
    with Manner().progress("fitting") as tell:
        for done in range(1, 101):
            tell(done, 100)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [f"fitting: {done} of 100" for done in range(10, 101, 10)]


@pytest.mark.parametrize("quiet", [False, True])
def test_quiet_says_nothing(capsys, quiet):
    manner = Manner(quiet=quiet)
    manner.note("assumed")
    with manner.progress("fitting") as tell:
        tell(1, 1)
    with manner.stage("reading"):
        pass
    assert bool(capsys.readouterr().err) is not quiet


def test_on_a_terminal_progress_moves(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Manner().progress("fitting") as tell:
        tell(1, 4)
    with Manner().stage("reading"):
        pass
    shown = sys.stderr.getvalue()
    assert "fitting" in shown
    assert "1/4" in shown
    assert "reading" in shown


@pytest.mark.parametrize("workers", [False, True])
def test_on_a_terminal_each_worker_may_have_a_bar(monkeypatch, workers):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Manner().progress("runs", workers=workers) as tell:
        tell(2, 8)
        tell.worker("worker 1", 2, {"runs": 2, "failed": 0, "seconds": 0.5})
        tell(5, 8)
        tell.worker("worker 1", 5, {"runs": 3, "failed": 0, "seconds": 0.5})
    shown = sys.stderr.getvalue()
    assert "5/8" in shown
    assert ("worker 1" in shown) is workers


def test_workers_are_told_by_lines_where_nobody_looks(capsys):
    with Manner().progress("runs", workers=True) as tell:
        tell.worker("worker 1", 7, {"runs": 3, "failed": 1, "seconds": None})
    assert capsys.readouterr().err == "worker 1: 3 more, 1 failed, 7 in all\n"
