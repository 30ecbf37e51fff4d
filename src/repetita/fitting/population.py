"""Parameters fitted to many users: tables of them, and the prior that they make.

The prior is normal on the scale of `PopulationPrior.default` (logarithms where a parameter is a scale). Its
correlations are those of the users, weighted by the square root of their reviews, shrunk by a fifth towards
none; its variances are pooled with those of the default prior, which counts as twenty users; its center is
the published defaults, because means over users predict worse than these do.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.errors import CorruptInput, InputMissing, InvalidParameters, UsageError
from repetita.fitting.prior import PopulationPrior
from repetita.memory_model import model as memory_model

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ParameterTable", "parameter_table", "population_prior"]

FloatArray = NDArray[np.float64]
SHRINKAGE = 0.2
PRIOR_USERS = 20.0
MOST_REVIEWS = 50_000
FEWEST_USERS = 2


@dataclass(frozen=True, eq=False)
class ParameterTable:
    """Fitted parameters of many users.

    Attributes:
        model: Name of the memory model.
        rows: Shape (users, parameters), inside the model's bounds.
        sizes: Shape (users,), reviews behind each row; ones where they are not known.
    """

    model: str
    rows: FloatArray
    sizes: FloatArray

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"ParameterTable({self.model!r}, {len(self)} users)"


def parameter_table(source: Any, model: str = "fsrs6") -> ParameterTable:
    """A table of fitted parameters, each row whole.

    Args:
        source: Rows of numbers, shape (users, parameters); a polars frame or a Parquet file with columns
            ``w0``, ``w1``, … and perhaps ``size``; or a JSON-lines file of benchmark rows (``parameters`` and
            ``size``).
        model: Name of the memory model. Rows of its older versions are migrated.

    Returns:
        The table. Values out of bounds are moved to the bounds; rows with numbers that are not finite are
        left out.

    Raises:
        InputMissing: No such file.
        CorruptInput: A file that cannot be read.
        InvalidParameters: Rows that are not parameters of the model, or none.

    Example:
        >>> parameter_table([[0.2, 1.3, 2.3, 8.3] + [1.0] * 17]).rows.shape
        (1, 21)
    """
    if isinstance(source, ParameterTable):
        return source
    rows, sizes = _content(source)
    kept, clipped = [], []
    for row, size in zip(rows, sizes, strict=True):
        if all(value is not None and np.isfinite(value) for value in row):
            clipped.append(memory_model(model, row, clip=True).parameters)
            kept.append(1.0 if size is None else float(size))
    if not clipped:
        raise InvalidParameters(f"there is no row of {model} parameters in the table")
    return ParameterTable(model, np.array(clipped), np.array(kept))


def population_prior(
    table: Any,
    model: str = "fsrs6",
    *,
    center: Literal["defaults", "mean"] = "defaults",
    shrinkage: float = SHRINKAGE,
    prior_users: float = PRIOR_USERS,
    fewest_reviews: int = 0,
    name: str = "population",
) -> PopulationPrior:
    """The prior that fitted parameters of many users make.

    Args:
        table: As `parameter_table` takes it.
        model: Name of the memory model.
        center: "defaults": the published ones; "mean": the weighted mean of the users.
        shrinkage: Share of the correlation that is replaced by none, in (0, 1].
        prior_users: How many users the default prior's variances count for, at least 0.
        fewest_reviews: Rows with fewer reviews are left out; only where sizes are known.
        name: What the prior is called in results.

    Raises:
        UsageError: An option out of range.
        InvalidParameters: Fewer than two users.

    Example:
        >>> rows = [[0.2, 1.3, 2.3, 8.3 * k] + [1.0] * 17 for k in (0.5, 1.0, 2.0)]
        >>> prior = population_prior(rows)
        >>> prior.name, prior.sd.shape, bool(prior.sd[3] < 1.3)
        ('population', (21,), True)
    """
    if not 0.0 < shrinkage <= 1.0:
        raise UsageError(f"shrinkage is {shrinkage!r}, expected a share above 0, at most 1")
    if not prior_users >= 0.0:
        raise UsageError(f"prior_users is {prior_users!r}, expected a number from 0")
    if center not in ("defaults", "mean"):
        raise UsageError(f"center is {center!r}, expected 'defaults' or 'mean'")
    found = parameter_table(table, model)
    counted = found.sizes >= fewest_reviews
    if np.count_nonzero(counted) < FEWEST_USERS:
        raise InvalidParameters(
            f"{np.count_nonzero(counted)} users with {fewest_reviews} or more reviews make no prior",
            hint=f"at least {FEWEST_USERS} are needed",
        )
    base = PopulationPrior.default(model)
    position = np.array([base.to_scale(row) for row in found.rows[counted]])
    weight = np.sqrt(np.minimum(found.sizes[counted], MOST_REVIEWS))
    weight /= weight.sum()
    mean = weight @ position
    away = position - mean
    users = 1.0 / float(weight @ weight)  # how many users of equal weight say as much
    covariance = (away * weight[:, None]).T @ away * users / max(users - 1.0, 1e-9)
    sd = _pooled(np.diag(covariance), base.sd, users, prior_users)
    return PopulationPrior(
        model=model,
        name=name,
        logs=base.logs,
        mean=mean if center == "mean" else base.mean,
        sd=sd,
        correlation=_shrunk(covariance, shrinkage),
        centered=center == "mean",
    )


def _pooled(variance: FloatArray, default_sd: FloatArray, users: float, prior_users: float) -> FloatArray:
    """Standard deviations; the default prior's where it says something and the users do not."""
    said = np.isfinite(default_sd)
    theirs = np.where(said, default_sd, 0.0) ** 2
    counted = np.where(said, prior_users, 0.0)
    pooled = np.sqrt((users * variance + counted * theirs) / (users + counted))
    return np.where(pooled > 1e-6, pooled, np.where(said, default_sd, 1e-6))


def _shrunk(covariance: FloatArray, shrinkage: float) -> FloatArray:
    sd = np.sqrt(np.diag(covariance))
    there = sd > 1e-9 * max(float(sd.max()), 1e-300)
    scale = np.where(there, sd, 1.0)
    correlation = covariance / np.outer(scale, scale)
    correlation[~there, :] = 0.0
    correlation[:, ~there] = 0.0
    correlation *= 1.0 - shrinkage
    np.fill_diagonal(correlation, 1.0)
    symmetric: FloatArray = 0.5 * (correlation + correlation.T)
    return symmetric


def _content(source: Any) -> tuple[list[Sequence[Any]], list[float | None]]:
    """Rows and sizes, as they stand."""
    import polars as pl

    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if not path.is_file():
            raise InputMissing(f"no table of parameters at {str(path)!r}", where=str(path))
        if path.suffix in (".jsonl", ".json"):
            return _of_json_lines(path)
        try:
            source = pl.read_parquet(path, hive_partitioning=False, glob=False)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise CorruptInput(f"{str(path)!r} is not Parquet: {error}", where=str(path)) from None
    if isinstance(source, pl.DataFrame):
        return _of_frame(source)
    try:
        rows = [[float(value) for value in row] for row in source]
    except (TypeError, ValueError) as error:
        raise InvalidParameters(f"a table of parameters holds rows of numbers: {error}") from None
    return list(rows), [None] * len(rows)


def _of_frame(frame: pl.DataFrame) -> tuple[list[Sequence[Any]], list[float | None]]:
    names = sorted((n for n in frame.columns if n[:1] == "w" and n[1:].isdigit()), key=lambda n: int(n[1:]))
    if not names:
        raise InvalidParameters(f"no columns w0, w1, … among {', '.join(frame.columns)}")
    sizes = frame["size"].to_list() if "size" in frame.columns else [None] * len(frame)
    return list(frame.select(names).rows()), sizes


def _of_json_lines(path: Path) -> tuple[list[Sequence[Any]], list[float | None]]:
    rows: list[Sequence[Any]] = []
    sizes: list[float | None] = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line) if line.strip() else {}
            if isinstance(row.get("parameters"), list):
                rows.append(row["parameters"])
                sizes.append(row.get("size"))
    except (ValueError, AttributeError, UnicodeDecodeError) as error:
        raise CorruptInput(f"{str(path)!r} is not JSON lines of rows: {error}", where=str(path)) from None
    return rows, sizes
