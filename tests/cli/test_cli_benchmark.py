"""`repetita benchmark`: runs, parts, verification, exit codes."""

from __future__ import annotations

import pytest

from repetita.reviews import simulate_log, write_reviews


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("logs")
    for user in (1, 2, 3):
        write_reviews(simulate_log(cards=60, days=200, seed=user), path / f"{user}.parquet")
    return path


ASKED = ("--models", "fsrs6:default,average", "--executor", "serial")


def test_a_run_and_its_table(run, run_json, folder, tmp_path):
    shown = run("benchmark", folder, *ASKED, "-o", tmp_path / "run")
    assert shown.exit_code == 0
    assert "3 users" in shown.stdout
    assert "fsrs6:default" in shown.stdout
    code, document = run_json("benchmark", folder, *ASKED, "-o", tmp_path / "run")
    assert code == 0
    assert document["results"] == 6
    assert document["summary"]["users"] == 3


def test_some_users_failed(run, folder, tmp_path):
    (folder / "4.parquet").write_bytes(b"PAR1 not really")
    try:
        shown = run("benchmark", folder, *ASKED)
        assert shown.exit_code == 3
        assert "2 results are missing" in shown.stdout
        assert run("benchmark", folder, *ASKED, "--users", "4").exit_code == 4
    finally:
        (folder / "4.parquet").unlink()


def test_parts(run, run_json, folder, tmp_path):
    for part in (1, 2):
        name = tmp_path / str(part)
        assert run("benchmark", folder, *ASKED, "--shard", f"{part}/2", "-o", name).exit_code == 0
    code, document = run_json("benchmark", "--merge", tmp_path / "1", tmp_path / "2", "-o", tmp_path / "all")
    assert code == 0
    assert document["summary"]["users"] == 3
    assert run("benchmark", "--merge", tmp_path / "1", "-o", tmp_path / "half").exit_code == 2
    assert run("benchmark", "--merge", tmp_path / "1").exit_code == 2


def test_verify(run, folder, tmp_path):
    run(
        "benchmark",
        folder,
        "--models",
        "fsrs6:recency+uniform",
        "--executor",
        "serial",
        "-o",
        tmp_path / "run",
    )
    rows = tmp_path / "run" / "results.jsonl"
    shown = run("benchmark", folder, "--verify", rows, "--tolerance", "1e-5")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("3 of 3 rows confirmed")
    rows.write_text(rows.read_text().replace('"LogLoss": 0.', '"LogLoss": 1.'))
    wrong = run("benchmark", folder, "--verify", rows)
    assert wrong.exit_code == 1
    assert "LogLoss by 1" in wrong.stdout


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("--models", "fsrs66"), "did you mean 'fsrs6'"),
        (("--rows", "dayz"), "did you mean 'days'"),
        (("--executor", "rey"), "did you mean 'ray'"),
        (("--shard", "3/2"), "expected i/n"),
        (("--users", "17"), "unknown user '17'"),
    ],
)
def test_slips(run, folder, args, hint):
    shown = run("benchmark", folder, *args)
    assert shown.exit_code == 2
    assert hint in shown.stderr


def test_by_seconds(run_json, folder):
    from repetita.benchmarking import benchmark

    asked = ("--models", "fsrs7:default,average", "--executor", "serial")
    code, document = run_json("benchmark", folder, *asked, "--secs")
    assert code == 0
    assert document["config"]["rows"] == "seconds"
    assert document == run_json("benchmark", folder, *asked, "--rows", "seconds")[1]
    expected = benchmark(folder, ["fsrs7:default", "average"], rows="seconds", executor="serial")
    assert document["summary"] == expected.summary.to_dict()
    assert document["summary"] != run_json("benchmark", folder, *asked)[1]["summary"]
