"""Whether another program computes what it should: requests, expected answers, and a scorecard.

    vector      one request and its answer; a topic of them, one file
    of_models   topics of each memory model; of_rules, of_logs: of fuzz, days and logs
    making      expected answers are what our equations and rules give
    pack        the whole of it, as files or from files
    programs    asks another program, line by line
    judging     whether an answer is right, in words
    scorecard   what a program got right, by topic

The folder ``conformance/`` of the repository is what `export_pack` writes.

Example:
    >>> import sys
    >>> from repetita.conformance import check, chosen, make_pack
    >>> card = check([sys.executable, "-m", "repetita", "next"], chosen(make_pack(), ["fuzz_bounds"]))
    >>> card.sentence()
    'All 48 supported requests of 48 are answered right.'
"""

from repetita.conformance.pack import chosen, export_pack, make_pack, read_pack
from repetita.conformance.programs import command_of
from repetita.conformance.scorecard import Scorecard, check

__all__ = ["Scorecard", "check", "chosen", "command_of", "export_pack", "make_pack", "read_pack"]
