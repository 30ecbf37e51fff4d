"""The loop: lines come in, answers go out, and nobody waits for an answer that is ready.

Whatever has arrived is read at once, up to a block; its complete lines are answered and the answers written
before the next block is read. So one line typed is answered when its line break arrives, and a thousand lines
piped in cost a few reads and writes.
"""

from __future__ import annotations

from collections.abc import Callable

from repetita.errors import CorruptInput
from repetita.json_lines.answering import Answering

__all__ = ["LONGEST_LINE", "serve"]

BLOCK = 1 << 18
LONGEST_LINE = 16 << 20
"""Bytes of a line; longer ones are refused and skipped, without being kept."""


def serve(
    read: Callable[[int], bytes], write: Callable[[bytes], object], *, longest_line: int = LONGEST_LINE
) -> int:
    r"""Answers requests until there are no more.

    Args:
        read: Gives what has arrived, at most so many bytes, and waits if nothing has; empty at the end.
        write: Takes answers, and does not return before they are on their way.
        longest_line: Bytes of a line; a longer one is refused.

    Returns:
        Number of lines answered. Empty lines are not answered.

    Example:
        >>> blocks = [b'{"op": "new_card", "card', b'_id": 7}\n\n{"op": "nwe_card"}']
        >>> answers = []
        >>> serve(lambda size: blocks.pop(0) if blocks else b"", answers.append)
        2
        >>> answers[1].decode()[:60]
        '{"id":null,"ok":false,"schema":1,"line":2,"error":{"code":"u'
    """
    answering, answered = Answering(), 0
    begun: list[bytes] = []  # of a line whose end has not arrived
    size = 0
    while block := read(BLOCK):
        lines = block.split(b"\n")
        answers = []
        for line in lines[:-1]:
            size += len(line)
            if size > longest_line:
                answers.append(answering.refuse(_too_long(size, longest_line)))
            else:
                whole = b"".join((*begun, line)) if begun else line
                if whole and not whole.isspace():
                    answers.append(answering.answer(whole))
            begun, size = [], 0
        if lines[-1]:
            size += len(lines[-1])
            begun = [*begun, lines[-1]] if size <= longest_line else []
        if answers:
            answered += len(answers)
            write(b"\n".join((*answers, b"")))
    rest = b"".join(begun)
    if size > longest_line:
        write(answering.refuse(_too_long(size, longest_line)) + b"\n")
        return answered + 1
    if rest and not rest.isspace():
        write(answering.answer(rest) + b"\n")
        return answered + 1
    return answered


def _too_long(size: int, longest_line: int) -> CorruptInput:
    return CorruptInput(
        f"the line has {size:,} bytes, at most {longest_line:,} are read",
        hint="send less in one request, or set --longest-line",
    )
