"""Asks another program: requests go to its standard input, one a line, answers come from its output."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

from repetita.errors import InputError, UsageError

__all__ = ["answers_of", "command_of"]

LONGEST_ANSWER = 16 << 20
LAST_WORDS = 8
PATIENCE_SECONDS = 2.0

Answers = dict[str, Mapping[str, Any]]


def command_of(text: str) -> list[str]:
    """The words of a command; no shell reads them.

    Raises:
        UsageError: None, or a quotation mark that is never closed.

    Example:
        >>> command_of("python 'my program.py' --fast")
        ['python', 'my program.py', '--fast']
    """
    try:
        words = shlex.split(text, posix=sys.platform != "win32")
    except ValueError as error:
        raise UsageError(f"the program {text!r} cannot be understood: {error}", where="--run") from None
    if not words:
        raise UsageError("the program is empty", hint='--run "python my_program.py"', where="--run")
    return words


def answers_of(command: Sequence[str], requests: Iterable[Mapping[str, Any]], *, timeout: float) -> Answers:
    """The answers of a program, by the id of the request.

    All requests are written while answers are read, so a program may answer each at once or wait for more.

    Args:
        command: Words of the command line.
        requests: Each with an id of its own.
        timeout: Most seconds without an answer.

    Raises:
        UsageError: There is no such program.
        InputError: It ended early, fell silent, or wrote something else than answers.
    """
    asked = {str(request["id"]): json.dumps(request).encode() for request in requests}
    try:
        process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise UsageError(
            f"the program {command[0]!r} cannot be started: {error.strerror}", where="--run"
        ) from None
    with _Conversation(process, asked, timeout) as conversation:
        return conversation.answers()


class _Conversation:
    """Writes, reads and listens to standard error at the same time, and leaves nothing running."""

    def __init__(self, process: subprocess.Popen[bytes], asked: Mapping[str, bytes], timeout: float) -> None:
        self._process, self._asked, self._timeout = process, asked, timeout
        self._lines: Queue[bytes | None] = Queue(maxsize=10_000)
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._threads = [Thread(target=work, daemon=True) for work in (self._write, self._read, self._listen)]

    def __enter__(self) -> _Conversation:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE_SECONDS if self._lines.empty() else 0.0)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            _close(stream)

    def answers(self) -> Answers:
        """All answers."""
        waiting, found = dict.fromkeys(self._asked), Answers()
        while waiting:
            try:
                line = self._lines.get(timeout=self._timeout)
            except Empty:
                raise self._problem(
                    f"the program gave no answer for {self._timeout:g} s to {next(iter(waiting))!r}",
                    waiting,
                    "does it flush its output after each answer? --timeout SECONDS waits longer",
                ) from None
            if line is None:
                raise self._problem(self._ending(), waiting)
            if line.strip():
                answer = self._parsed(line, waiting)
                identity = answer.get("id")
                if not isinstance(identity, str) or identity not in waiting:
                    raise self._problem(
                        f"the program answered the id {identity!r}, which is none that still waits",
                        waiting,
                        "an answer repeats the id of its request, once",
                    )
                del waiting[identity]
                found[identity] = answer
        return found

    def _parsed(self, line: bytes, waiting: Mapping[str, None]) -> Mapping[str, Any]:
        with suppress(ValueError, RecursionError):
            answer = json.loads(line)
            if isinstance(answer, dict):
                return answer
        shown = line[:80].decode("utf-8", "backslashreplace").rstrip()
        raise self._problem(
            f"the program wrote a line that is no JSON object: {shown!r}",
            waiting,
            "only answers go to standard output; remarks belong on standard error",
        )

    def _ending(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE_SECONDS)
        code = self._process.poll()
        if code is None:
            return "the program closed its output"
        if code < 0:
            return f"the program was ended by signal {-code}"
        return f"the program ended with exit code {code}"

    def _problem(self, said: str, waiting: Mapping[str, None], hint: str | None = None) -> InputError:
        done = len(self._asked) - len(waiting)
        message = f"{said}, after {done} of {len(self._asked)} answers"
        if done:
            message += f"; the next would be to {next(iter(waiting))!r}"
        self._threads[2].join(0.2)
        if self._last_words:
            message += "; it said: " + " | ".join(self._last_words)
        return InputError(message, hint=hint, where="--run")

    def _write(self) -> None:
        stream = self._process.stdin
        with suppress(OSError, ValueError):  # it went away: the reader will say so
            for request in self._asked.values():
                stream.write(request + b"\n")  # type: ignore[union-attr]
                stream.flush()  # type: ignore[union-attr]
        _close(stream)

    def _read(self) -> None:
        stream = self._process.stdout
        with suppress(OSError, ValueError):
            while line := stream.readline(LONGEST_ANSWER):  # type: ignore[union-attr]
                self._lines.put(line)
        self._lines.put(None)

    def _listen(self) -> None:
        with suppress(OSError, ValueError):
            for line in self._process.stderr:  # type: ignore[union-attr]
                if line.strip():
                    self._last_words.append(line[:200].decode("utf-8", "backslashreplace").strip())


def _close(stream: IO[bytes] | None) -> None:
    with suppress(OSError, ValueError):
        if stream is not None:
            stream.close()
