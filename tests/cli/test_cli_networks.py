"""Networks on the command line: weights where parameters go, fits that other commands read."""

from __future__ import annotations

import json

import numpy as np
import pytest

import repetita as rp
from repetita.reviews import read_reviews


@pytest.fixture
def weights(tmp_path):
    """A file of weights that are not the package's."""
    from repetita.network_model import network

    values = np.array(rp.model("gru").parameters) * 0.9
    return network("gru", values.tolist(), "default", [-1.0, 3.0]).save(tmp_path / "gru.pth")


def test_a_file_of_weights_goes_where_parameters_go(run, run_json, csv_log, weights):
    code, document = run_json("evaluate", csv_log, "--model", "gru", "--parameters", weights)
    assert code == 0
    expected = rp.evaluate(read_reviews(csv_log), rp.model("gru", weights=weights))
    assert document["log_loss"] == pytest.approx(expected.log_loss)
    assert run("predict", csv_log, "--model", "gru", "--parameters", weights).exit_code == 0


def test_what_is_wrong_with_it_is_said(run, csv_log, weights, tmp_path):
    assert "is not a network" in run("evaluate", csv_log, "--parameters", weights).stderr
    other = run("evaluate", csv_log, "--model", "lstm", "--parameters", weights)
    assert other.exit_code == 4
    assert "does not hold the weights of lstm" in other.stderr
    weights.write_bytes(weights.read_bytes()[:2000])
    assert run("evaluate", csv_log, "--model", "gru", "--parameters", weights).exit_code == 4
    assert run("evaluate", csv_log, "--model", "gru", "--parameters", tmp_path / "none.pth").exit_code == 4


def test_a_fit_is_read_by_other_commands(run, run_json, csv_log, weights, tmp_path):
    pytest.importorskip("torch", reason="training a network needs torch (extra neural)")
    path = tmp_path / "fit.json"
    shown = run("fit", csv_log, "--model", "gru", "--parameters", weights, "-o", path)
    assert shown.exit_code == 0
    assert "503 weights" in shown.stdout
    document = json.loads(path.read_text())
    assert document["standardization"] == [-1.0, 3.0]
    code, judged = run_json("evaluate", csv_log, "--parameters", path)
    assert code == 0
    fitted = rp.MemoryModel.from_dict(document)
    assert judged["log_loss"] == pytest.approx(rp.evaluate(read_reviews(csv_log), fitted).log_loss)


def test_a_report_leaves_out_what_means_nothing(run, csv_log, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("torch", reason="training a network needs torch (extra neural)")
    path = tmp_path / "report.html"
    assert run("report", csv_log, "--model", "gru", "-o", path).exit_code == 0
    page = path.read_text(encoding="utf-8")
    assert "Predicted and observed recall" in page
    assert "Parameters among other learners" not in page
