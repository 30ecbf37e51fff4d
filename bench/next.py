"""Answers a second of `repetita next`, beside a program that repeats lines and one around py-fsrs.

    python bench/next.py [--cards 20000] [--repeats 3]

Each program is a process of its own: it reads requests from a file, one JSON object a line, and writes
answers to a file. A request is the review of a card that was answered once, as stored by each package; an
answer is the card after it, and the entry for the log (ours holds the card before, too). What counts is the
processor time of the process, start included, the least of the repeats: one core. "First answer" is the wall
time from start to the answer of one line typed in.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from rich.console import Console
from rich.table import Table

import repetita as rp

try:
    import fsrs
except ImportError as error:
    raise SystemExit("the peer is not installed: pip install fsrs==6.3.2") from error

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SHARES = (0.1, 0.1, 0.7, 0.1)
ECHO = "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(line)"
PARSING_ECHO = """
import json, sys
for line in sys.stdin: sys.stdout.write(json.dumps(json.loads(line)) + "\\n")
"""
PEER = """
import json, sys
from datetime import datetime
from fsrs import Card, Rating, Scheduler
scheduler = Scheduler(enable_fuzzing=False)
for line in sys.stdin:
    request = json.loads(line)
    card, log = scheduler.review_card(
        Card.from_dict(request["card"]), Rating(request["rating"]), datetime.fromisoformat(request["at"])
    )
    answer = {"id": request["id"], "card": card.to_dict(), "entry": log.to_dict()}
    sys.stdout.write(json.dumps(answer) + "\\n")
"""


def requests(cards: int) -> tuple[list[str], list[str]]:
    """The same reviews for both packages."""
    draw, ours, peers = Random(1), [], []
    scheduler, peer = rp.Scheduler(), fsrs.Scheduler(enable_fuzzing=False)
    for number in range(cards):
        first, then = draw.choice((3, 4)), draw.choices((1, 2, 3, 4), SHARES)[0]
        card, _ = scheduler.review(rp.Card(card_id=number), first, START)
        other, _ = peer.review_card(fsrs.Card(card_id=number), fsrs.Rating(first), START)
        at = datetime(2026, 1, 15, 9, tzinfo=UTC).isoformat()
        common = {"id": number, "op": "review", "rating": then, "at": at}
        ours.append(json.dumps({**common, "card": card.to_dict()}))
        peers.append(json.dumps({**common, "card": other.to_dict()}))
    return ours, peers


def processor_seconds(command: Sequence[str], source: Path, target: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with source.open("rb") as asked, target.open("wb") as answered:
        subprocess.run(command, stdin=asked, stdout=answered, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first_answer_seconds(line: str) -> float:
    """From the start of the process to the answer of a line, while the input stays open."""
    began = perf_counter()
    command = [sys.executable, "-m", "repetita", "next"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["ok"]
        took = perf_counter() - began
        process.stdin.close()
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cards", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    ours, peers = requests(arguments.cards)
    with TemporaryDirectory() as folder:
        files = {"ours": Path(folder, "ours.jsonl"), "peers": Path(folder, "peers.jsonl")}
        files["ours"].write_text("\n".join(ours) + "\n", encoding="utf-8")
        files["peers"].write_text("\n".join(peers) + "\n", encoding="utf-8")
        target = Path(folder, "answers.jsonl")
        programs = {
            "repetita next": ([sys.executable, "-m", "repetita", "next"], files["ours"]),
            "py-fsrs in a loop": ([sys.executable, "-c", PEER], files["peers"]),
            "lines repeated": ([sys.executable, "-c", ECHO], files["ours"]),
            "lines parsed and written": ([sys.executable, "-c", PARSING_ECHO], files["ours"]),
        }
        seconds = dict.fromkeys(programs, float("inf"))
        for _ in range(arguments.repeats):
            for name, (command, source) in programs.items():
                seconds[name] = min(seconds[name], processor_seconds(command, source, target))
                assert target.read_bytes().count(b"\n") == arguments.cards
    latency = min(first_answer_seconds(ours[0]) for _ in range(5))
    table = Table(title=f"{arguments.cards} reviews, Python {platform.python_version()}, one core")
    for column in ("program", "processor s", "answers/s", "ratio to py-fsrs"):
        table.add_column(column, justify="left" if column == "program" else "right")
    for name, spent in seconds.items():
        ratio = seconds["py-fsrs in a loop"] / spent
        table.add_row(name, f"{spent:.2f}", f"{arguments.cards / spent:,.0f}", f"{ratio:.2f}")
    console = Console()
    console.print(table)
    console.print(f"first answer after {latency * 1000:.0f} ms")


if __name__ == "__main__":
    main()
