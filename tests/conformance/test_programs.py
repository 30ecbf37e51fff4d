"""Programs that answer, crash, fall silent, or talk nonsense."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from repetita.conformance import check, chosen, command_of, make_pack
from repetita.conformance.programs import answers_of
from repetita.errors import InputError, UsageError

REQUESTS = [{"id": f"request {number}", "op": "curve"} for number in range(20)]
ANSWER = "print(json.dumps({'id': json.loads(line)['id'], 'ok': True}), flush=True)"


def program(body: str) -> list[str]:
    return [sys.executable, "-c", f"import json, os, sys, time\n{body}"]


def test_answers_by_id_whatever_their_order():
    backwards = program(
        "for line in reversed(list(sys.stdin)):\n    " + ANSWER.replace("True", "True, 'more': [1]", 1)
    )
    answers = answers_of(backwards, REQUESTS, timeout=20)
    assert set(answers) == {request["id"] for request in REQUESTS}
    assert answers["request 3"]["more"] == [1]


def test_answers_one_by_one_without_reading_ahead():
    assert (
        len(answers_of(program(f"while line := sys.stdin.readline():\n    {ANSWER}"), REQUESTS, timeout=20))
        == 20
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", "the program ended with exit code 0, after 0 of 20 answers"),
        ("sys.exit(3)", "ended with exit code 3"),
        ("print('out of cheese', file=sys.stderr); sys.exit(1)", "it said: out of cheese"),
        ("os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("print('hello')", "a line that is no JSON object: 'hello'"),
        ("print('[]')", "a line that is no JSON object: '[]'"),
        ("sys.stdout.buffer.write(b'\\xff\\x00\\n')", "no JSON object: '\\\\xff"),
        ('print(\'{"id": "other"}\')', "answered the id 'other', which is none that still waits"),
        ("print('{\"ok\": true}')", "answered the id None"),
        ("print('{\"id\": [1]}')", "answered the id [1]"),
        (f"line = sys.stdin.readline(); {ANSWER}; {ANSWER}", "the id 'request 0', which is none"),
        (
            f"line = sys.stdin.readline(); {ANSWER}; sys.exit(4)",
            "after 1 of 20 answers; the next would be to",
        ),
        ("sys.stdout.close(); os.close(1); time.sleep(30)", "closed its output"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_what_went_wrong_is_said(body, said):
    with pytest.raises(InputError) as caught:
        answers_of(program(body), REQUESTS, timeout=20)
    assert said in str(caught.value)


def test_a_silent_program_is_given_up_and_ended(tmp_path):
    alive = tmp_path / "alive"
    body = f"time.sleep(3)\nopen({str(alive)!r}, 'w').close()"
    began = time.monotonic()
    with pytest.raises(InputError, match=r"gave no answer for 0\.3 s to 'request 0'"):
        answers_of(program(body), REQUESTS, timeout=0.3)
    assert time.monotonic() - began < 3
    time.sleep(3.2)
    assert not alive.exists()


def test_a_program_that_never_reads_does_not_block_us():
    many = [{"id": str(number), "op": "x" * 1000} for number in range(2000)]
    with pytest.raises(InputError, match="gave no answer"):
        answers_of(program("time.sleep(60)"), many, timeout=0.5)


@pytest.mark.parametrize("text", ["", "   ", "python 'open"])
def test_a_command_that_is_none(text):
    with pytest.raises(UsageError):
        command_of(text)


def test_no_such_program():
    with pytest.raises(UsageError, match="cannot be started"):
        answers_of(["no-such-program-here"], REQUESTS, timeout=1)


def test_our_own_program_passes_in_double_precision():
    card = check([sys.executable, "-m", "repetita", "next"], make_pack(), double=True, timeout=60)
    assert (card.failed, card.unsupported) == (0, 0)
    assert card.passed > 1400
    assert max(score.off for score in card.scores) < 1e-11


def test_the_program_of_the_readme_passes_what_it_knows(tmp_path):
    readme = Path(__file__).parent.parent.parent / "conformance" / "README.md"
    code = readme.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    path = tmp_path / "mine.py"
    path.write_text(code)
    card = check([sys.executable, str(path)], chosen(make_pack(), ["curve"]), timeout=60)
    assert (card.passed, card.failed) == (72, 0)
    assert card.unsupported == 72 * 2 + 84
