"""A model written on the command line: a name, numbers as Anki shows them, a JSON list, or a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repetita.errors import InputMissing, UnsupportedInput, UsageError

if TYPE_CHECKING:
    from repetita.cli._terminal import Manner
    from repetita.memory_model import MemoryModel

DEFAULTS = "defaults"
NUMBERS_MAX = 1 << 22
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NUMBERS = re.compile(rf"\s*\[?\s*{_NUMBER}(?:\s*[,;\s]\s*{_NUMBER})*\s*,?\s*\]?\s*")


@dataclass(frozen=True, slots=True)
class ModelText:
    """A model that was spelled out.

    Attributes:
        name: Model name.
        parameters: The numbers, or None for the published defaults.
        variant: Variant of the equations.
        clip: Move numbers that are out of bounds to the bounds.
        label: How to call it in a sentence.
        fitted_on: What is known of the log the parameters were fitted on.
        weights: File of the weights of a network, in place of numbers.
        standardization: Of the inputs of a network, where a document has it.
    """

    name: str
    parameters: tuple[float, ...] | None = None
    variant: str = "default"
    clip: bool = False
    label: str = "published defaults"
    fitted_on: Mapping[str, Any] = field(default_factory=dict)
    weights: Path | None = None
    standardization: tuple[float, ...] | None = None

    def model(self, manner: Manner) -> MemoryModel:
        """The memory model; what had to be done to the numbers is said on standard error.

        Raises:
            UnknownName: No such model.
            InvalidParameters: The numbers do not fit it.
        """
        from repetita.memory_model import MemoryModel, model

        if self.standardization is not None and self.parameters is not None:
            told = {"model": self.name, "parameters": self.parameters, "variant": self.variant}
            return MemoryModel.from_dict({**told, "standardization": self.standardization})
        made = model(self.name, self.parameters, weights=self.weights, variant=self.variant, clip=self.clip)
        manner.notes(f"{self.label}: {text}" for text in made.notes)
        return made


def model_text(text: str, model: str, *, clip: bool = False) -> ModelText:
    """Read parameters as written on the command line.

    Args:
        text: ``defaults``, numbers separated by commas, a JSON list, or the path of a file with such numbers,
            with the JSON document of ``repetita fit``, or (``.pth``) with the weights of a network.
        model: Model the numbers belong to, unless a document says otherwise.
        clip: Passed on.

    Raises:
        InputMissing: Neither numbers nor a file.
        UnsupportedInput: A file without parameters in it.

    Example:
        >>> model_text("0.4, 0.9, 2.3", "fsrs6").parameters
        (0.4, 0.9, 2.3)
    """
    if text == DEFAULTS:
        return ModelText(model)
    if _NUMBERS.fullmatch(text):
        return ModelText(model, _numbers(text), clip=clip, label="the given parameters")
    path = Path(text)
    if not path.is_file():
        raise InputMissing(
            f"{text!r} is neither a list of numbers nor a file", hint="e.g. fit.json", where="--parameters"
        )
    if path.suffix == ".pth":
        return ModelText(model, weights=path, label=str(path))
    return _from_file(path, model, clip)


def _from_file(path: Path, model: str, clip: bool) -> ModelText:
    unusable = UnsupportedInput(
        f"{path} holds no parameters: a JSON list, numbers, or a document with 'parameters' is expected",
        hint="write one with: repetita fit LOG -o fit.json",
        where=str(path),
    )
    try:
        with path.open(encoding="utf-8-sig") as file:
            content = file.read(NUMBERS_MAX)
    except UnicodeDecodeError:
        raise unusable from None
    except OSError as error:
        raise InputMissing(f"{path} cannot be read: {error.strerror}", where=str(path)) from error
    if _NUMBERS.fullmatch(content):
        return ModelText(model, _numbers(content), clip=clip, label=str(path))
    try:
        document = json.loads(content)
    except ValueError:
        raise unusable from None
    return _from_document(document, path, model, clip, unusable)


def _from_document(
    document: Any, path: Path, model: str, clip: bool, unusable: UnsupportedInput
) -> ModelText:
    if not isinstance(document, dict) or not isinstance(document.get("parameters"), list):
        raise unusable
    numbers = document["parameters"]
    if not numbers or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        raise unusable
    origin, scale = document.get("log"), document.get("standardization")
    return ModelText(
        str(document.get("model", model)),
        tuple(float(number) for number in numbers),
        str(document.get("variant", "default")),
        clip,
        str(path),
        origin if isinstance(origin, dict) else {},
        standardization=tuple(scale) if isinstance(scale, list) else None,
    )


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in re.findall(_NUMBER, text))


def contestant(text: str, *, model: str, known: tuple[str, ...], clip: bool = False) -> ModelText | str:
    """One side of a comparison: the name of a model to fit, or a model with its parameters.

    Args:
        text: A model name (fitted on earlier reviews), ``defaults`` or ``NAME:defaults`` (as published),
            or anything that `model_text` reads.
        model: Model that bare numbers and ``defaults`` belong to.
        known: Model names.
        clip: Passed on.

    Raises:
        UsageError: None of these.
    """
    if text in known:
        return text
    name, colon, rest = text.partition(":")
    if colon and name in known and rest == DEFAULTS:
        return ModelText(name, label=f"published defaults of {name}")
    try:
        return model_text(text, model, clip=clip)
    except InputMissing:
        from difflib import get_close_matches

        close = get_close_matches(text, [*known, DEFAULTS], n=1, cutoff=0.5)
        guess = f"did you mean {close[0]!r}? " if close else ""
        raise UsageError(
            f"{text!r} is neither a model, nor {DEFAULTS}, nor numbers, nor a file",
            hint=f"{guess}models: {', '.join(known)}",
            where=text,
        ) from None
