"""Tables of fitted parameters, and the prior that they make."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

import repetita as rp
from repetita.errors import CorruptInput, InputMissing, InvalidParameters, UsageError
from repetita.fitting import PopulationPrior, parameter_table, population_prior

DEFAULTS = np.array(rp.model("fsrs6").parameters)


def drawn(users, seed=0, spread=0.3):
    """Rows whose initial stabilities move together."""
    random = np.random.default_rng(seed)
    rows = np.tile(DEFAULTS, (users, 1))
    rows[:, :4] *= np.exp(
        spread * random.standard_normal((users, 1)) + 0.1 * random.standard_normal((users, 4))
    )
    rows[:, 4] += 0.5 * random.standard_normal(users)
    return rows


def test_spread_and_correlation_are_those_of_the_users():
    prior = population_prior(drawn(3000), prior_users=0.0)
    assert prior.sd[0] == pytest.approx(np.hypot(0.3, 0.1), rel=0.05)
    assert prior.sd[4] == pytest.approx(0.5, rel=0.05)
    assert prior.correlation[0, 1] == pytest.approx(0.8 * 0.09 / 0.10, abs=0.03)
    assert abs(prior.correlation[0, 4]) < 0.05
    assert prior.center == pytest.approx(DEFAULTS)


def test_few_users_say_little():
    default = PopulationPrior.default("fsrs6")
    few = population_prior(drawn(3))
    assert abs(few.sd[0] - default.sd[0]) < 0.1
    assert np.linalg.eigvalsh(few.correlation)[0] > 0.0


def test_large_logs_count_more():
    rows = drawn(2)
    frame = pl.DataFrame({f"w{i}": rows[:, i] for i in range(21)} | {"size": [40_000, 100]})
    mean = population_prior(frame, center="mean").mean
    scale = PopulationPrior.default("fsrs6").to_scale
    share = (mean[0] - scale(rows[1])[0]) / (scale(rows[0])[0] - scale(rows[1])[0])
    assert share == pytest.approx(20.0 / 21.0, abs=1e-9)
    assert population_prior(frame, fewest_reviews=0).centered is False
    with pytest.raises(InvalidParameters, match="1 users with 1000 or more"):
        population_prior(frame, fewest_reviews=1000)


def test_small_logs_are_pulled_to_it():
    log = rp.simulate_log(cards=30, days=60, seed=1)
    strict = population_prior(drawn(500, spread=0.02), prior_users=0.0)
    loose = rp.fit(log, standard_errors=False)
    held = rp.fit(log, prior=strict, standard_errors=False)
    assert held.options["prior"] == "population"
    gaps = [np.abs(np.log(np.array(fit.parameters[:4]) / DEFAULTS[:4])).max() for fit in (held, loose)]
    assert gaps[0] < gaps[1]


def test_tables_come_from_files(tmp_path):
    rows = drawn(4)
    lines = tmp_path / "results.jsonl"
    lines.write_text("".join(json.dumps({"parameters": row.tolist(), "size": 10}) + "\n" for row in rows))
    frame = pl.DataFrame({f"w{i}": rows[:, i] for i in range(21)})
    frame.write_parquet(tmp_path / "table.parquet")
    for source in (lines, tmp_path / "table.parquet", frame, rows):
        assert parameter_table(source).rows == pytest.approx(rows)
    assert parameter_table(lines).sizes.tolist() == [10.0] * 4


def test_rows_are_moved_into_bounds_and_migrated():
    wild = DEFAULTS.copy()
    wild[4] = 99.0
    assert parameter_table([wild]).rows[0, 4] == 10.0
    assert parameter_table([DEFAULTS[:19]]).rows.shape == (1, 21)
    assert len(parameter_table([wild, [float("nan")] * 21])) == 1


def test_tables_that_are_none(tmp_path):
    with pytest.raises(InputMissing):
        parameter_table(tmp_path / "none.parquet")
    (tmp_path / "bad.parquet").write_text("no")
    with pytest.raises(CorruptInput):
        parameter_table(tmp_path / "bad.parquet")
    with pytest.raises(InvalidParameters, match="no columns w0"):
        parameter_table(pl.DataFrame({"a": [1]}))
    with pytest.raises(InvalidParameters, match="no row"):
        parameter_table([])
    with pytest.raises(InvalidParameters, match="takes 21"):
        parameter_table([[1.0, 2.0]])
    with pytest.raises(UsageError, match="shrinkage"):
        population_prior(drawn(3), shrinkage=0.0)


@pytest.mark.realdata
def test_a_table_of_real_users(shared):
    prior = population_prior(shared / "users" / "fsrs6_sample_parameters.parquet")
    assert np.isfinite(prior.sd).all()
    assert rp.synthetic_population(2, parameters=shared / "users" / "fsrs6_sample_parameters.parquet")[
        0
    ].memory
