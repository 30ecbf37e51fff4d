"""A process that any program can ask: one JSON request a line, one JSON answer a line.

    process        reads lines, answers each, flushes when nothing more is waiting
    answering      one line to one answer, whatever the line holds
    operations     the table of operations, and which fields each takes
    fields         instants, schedulers and models among the fields of a request
    formats        cards and entries: ours, py-fsrs, ts-fsrs
    of_cards       operations on cards: review, preview, reschedule, …
    of_models      operations on memory models: curve, states, interval, loss, …
    of_rules       operations on rules: fuzz, days, items of a log

What runs before the first answer needs nothing but the standard library.

Example:
    >>> from repetita.json_lines import Answering
    >>> answer = Answering().answer(b'{"id": 1, "op": "curve", "state": [2.5, 5], "elapsed_days": 2.5}')
    >>> print(answer.decode())
    {"id":1,"ok":true,"schema":1,"retrievability":0.9}
"""

from repetita.json_lines.answering import SCHEMA, Answering
from repetita.json_lines.operations import OPERATIONS, Operation
from repetita.json_lines.process import serve

__all__ = ["OPERATIONS", "SCHEMA", "Answering", "Operation", "serve"]
