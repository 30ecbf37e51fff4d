"""What options of programs that fan out, and of their folders and grids, do where results are compared."""

from __future__ import annotations

import json
import shlex

import polars as pl
import pytest

from repetita.cli._user_figures import DrawnUser

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Results of three users at six desired retentions."""
    rows = []
    for user in (1, 2, 3):
        for place, retention in enumerate((0.5, 0.6, 0.7, 0.75, 0.8, 0.9)):
            for scheduler, factor in (("fsrs6", 1.0), ("fsrs3", 1.1)):
                shown = {"environment": "fsrs6", "scheduler": scheduler, "user_id": user, "seed": 1}
                numbers = {"memorized_average": 500.0 + 30 * place, "time_average": factor * (5.0 + place**2)}
                rows.append(shown | {"desired_retention": retention, "days": 365} | numbers)
    path = tmp_path_factory.mktemp("results") / "runs.parquet"
    pl.DataFrame(rows).write_parquet(path)
    return path.parent


@pytest.fixture(autouse=True)
def drawn(request, monkeypatch):
    """Pictures without drawing, but for tests that are slow."""
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setattr(DrawnUser, "__call__", lambda self, user: f"{user}".encode())


@pytest.mark.slow
def test_worker_processes_draw_the_same(run, folder, tmp_path):
    asked = ("pareto", folder, "--users", "--end-user", "2", "--plot-dir")
    for name, further in (("one", ()), ("two", ("--max-parallel", "2"))):
        assert run(*asked, tmp_path / name, *further).exit_code == 0
    for user in (1, 2):
        ours, theirs = ((tmp_path / name / f"pareto_user_{user}.png").read_bytes() for name in ("one", "two"))
        assert ours.startswith(b"\x89PNG")
        assert ours == theirs


def retentions(document):
    return sorted({point["desired_retention"] for point in document["points"]})


def test_folders_by_their_option(run, run_json, folder):
    for command in ("pareto", "aggregate", "dominance", "export"):
        shown = run(command)
        assert shown.exit_code == 2
        assert "no RESULTS, and no --log-dir" in shown.stderr
    assert run_json("pareto", folder)[1] == run_json("pareto", "--log-dir", folder)[1]
    assert run_json("aggregate", folder)[1] == run_json("aggregate", "--log-dir", folder)[1]
    asked = ("dominance", "--pairs", "fsrs6@0.7:fsrs3@0.7")
    assert run_json(*asked, "--log-dir", folder)[1]["dominance"][0]["counts"]["a_dominates"] == 3


def test_folders_of_exports_and_figures(run, run_json, folder, tmp_path):
    _, document = run_json("export", "--log-dir", folder, "--out-dir", tmp_path / "users")
    assert len(document["output"]) == 12
    out = ("--out", tmp_path / "x.png")
    assert run_json("plot", "max-retention", "--log-dir", folder, *out)[0] == 0
    for kind in ("short-loops", "daily-curves"):
        shown = run("plot", kind, "--log-dir", folder, "--out", tmp_path / "y.png")
        assert "no RESULTS" not in shown.stderr
        assert shown.exit_code in (2, 4)
    (tmp_path / "batch_logs").mkdir()
    (tmp_path / "batch_logs" / "batch_a.csv").write_text(
        "day,gpu_peak_allocated_bytes,gpu_peak_reserved_bytes\n0,1,2\n", encoding="utf-8"
    )
    asked = ("plot", "gpu-memory", "--log-dir", tmp_path, "--out", tmp_path / "z.png")
    assert run_json(*asked)[1]["most_bytes"] == {"allocated": 1.0, "reserved": 2.0}
    assert "give one" in run(*asked, tmp_path, "--force").stderr


def test_only_settings_on_a_grid(run, run_json, folder):
    assert retentions(run_json("pareto", folder, "--step", "0.1")[1]) == [0.5, 0.6, 0.7, 0.8, 0.9]
    asked = ("pareto", folder, "--start-retention", "0.55", "--end-retention", "0.85", "--step", "0.05")
    assert retentions(run_json(*asked)[1]) == [0.6, 0.7, 0.75, 0.8]
    asked = ("pareto", folder, "--start-retention", "0.6", "--step", "-0.15")
    assert retentions(run_json(*asked)[1]) == [0.6, 0.75, 0.9]
    groups = run_json("aggregate", folder, "--step", "0.2")[1]["groups"]
    assert sorted({group["desired_retention"] for group in groups}) == [0.5, 0.7, 0.9]
    assert "--step is 0.0, expected at least 0.01" in run("pareto", folder, "--step", "0").stderr


def test_figures_of_users_by_several_workers(run, run_json, folder, crews, tmp_path):
    asked = ("pareto", folder, "--users", "--plot-dir")
    code, document = run_json(
        *(*asked, tmp_path / "a", "--max-parallel", "2", "--set-env", "A=1"),
        *("--mps-active-thread-percentage", "30", "--child-summary"),
    )
    assert code == 0
    (crew,) = crews
    assert crew.workers == 2
    assert crew.variables == ({"A": "1", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE": "30"},)
    assert [row["runs"] for row in document["workers"]] == [2, 1]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        f"pareto_user_{user}.png" for user in (1, 2, 3)
    ]
    assert run(*asked, tmp_path / "b", "--cuda-devices", "0,1").exit_code == 0
    assert [one["CUDA_VISIBLE_DEVICES"] for one in crews[1].variables] == ["0", "1"]
    shown = run(*asked, tmp_path / "c", "--max-parallel", "2", "--child-progress", "on", "--child-summary")
    assert "worker 1: 1 more in 0.2 s, 1 in all" in shown.stderr
    assert "Workers" in shown.stdout
    assert run(*asked, tmp_path / "d").exit_code == 0
    assert len(crews) == 3  # no worker where none is asked for
    for user in (1, 2, 3):
        pictures = {(tmp_path / name / f"pareto_user_{user}.png").read_bytes() for name in "abcd"}
        assert pictures == {f"{user}".encode()}
    assert run(*asked, tmp_path / "d", "--max-parallel", "2").exit_code == 2  # they are there


def test_rests_and_failures(run, run_json, folder, tmp_path, monkeypatch):
    rests = []
    monkeypatch.setattr("repetita.cli._user_figures.time.sleep", rests.append)
    asked = ("pareto", folder, "--users", "--plot-dir")
    assert run(*asked, tmp_path / "a", "--sleep-seconds", "3").exit_code == 0
    assert rests == [3.0, 3.0]

    def fragile(self, user):
        if user == 2:
            raise ValueError("no ink")
        return b"ink"

    monkeypatch.setattr(DrawnUser, "__call__", fragile)
    code, document = run_json(*asked, tmp_path / "b")
    assert code == 3
    assert document["failures"] == [{"user_id": 2, "failure": "ValueError: no ink"}]
    assert len(document["output"]) == 2
    assert "no ink" in run(*asked, tmp_path / "c").stdout
    shown = run(*asked, tmp_path / "d", "--fail-fast")
    assert shown.exit_code == 2
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["pareto_user_1.png"]


def test_commands_of_users_and_dry_runs(run, run_json, folder, tmp_path):
    asked = ("pareto", folder, "--users", "--plot-dir", tmp_path / "a b", "--hide-labels")
    asked += ("--results-path", tmp_path / "list.json", "--start-user", "2")
    code, document = run_json(*asked, "--show-commands", "--uv-cmd", "uv", "--dry-run")
    assert code == 0
    assert [line[: len("uv run repetita pareto ")] for line in document["commands"]] == [
        "uv run repetita pareto "
    ] * 2
    assert [path.rsplit("/", 1)[1] for path in document["output"]] == [
        name for user in (2, 3) for name in (f"list_user_{user}.json", f"pareto_user_{user}.png")
    ]
    assert not list(tmp_path.iterdir())
    assert "would write" in run(*asked, "--dry-run").stdout
    assert run(*shlex.split(document["commands"][1])[3:]).exit_code == 0
    made = sorted(str(path) for path in tmp_path.rglob("*.*"))
    assert made == sorted(document["output"][2:])
    alone = json.loads((tmp_path / "list_user_3.json").read_text())
    shown = run(*asked, "--force", "--show-commands")
    assert "repetita pareto" in shown.stderr
    assert json.loads((tmp_path / "list_user_3.json").read_text()) == alone
    _, document = run_json("pareto", folder, "--plot-dir", tmp_path / "one", "--dry-run")
    assert [path.rsplit("/", 1)[1] for path in document["output"]] == ["pareto.png"]


@pytest.mark.parametrize(
    "args",
    [
        ("--max-parallel", "2"),
        ("--cuda-devices", "0"),
        ("--mps-active-thread-percentage", "5"),
        ("--set-env", "A=1"),
        ("--child-progress", "on"),
        ("--child-summary",),
        ("--show-commands",),
        ("--sleep-seconds", "1"),
        ("--fail-fast",),
    ],
)
def test_work_of_one_figure_is_not_handed_out(run, folder, args):
    shown = run("pareto", folder, *args)
    assert shown.exit_code == 2
    assert "need --users" in shown.stderr
    # nor is that of lists
    assert (run("pareto", folder, "--users", *args).exit_code == 2) is (args != ("--show-commands",))
