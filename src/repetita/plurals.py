"""Numbers of things in a sentence."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural unless it is one.

    Args:
        number: How many.
        noun: In the singular; its plural ends in s.

    Example:
        >>> counted(1, "card"), counted(12_580, "review")
        ('1 card', '12,580 reviews')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
