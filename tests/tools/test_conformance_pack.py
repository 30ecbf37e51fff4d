"""The folder conformance/ is what the equations give today."""

from __future__ import annotations

import shutil

import conformance_pack


def test_the_folder_is_up_to_date():
    assert conformance_pack.stale() == []


def test_what_differs_is_named_and_written(tmp_path):
    folder = tmp_path / "conformance"
    shutil.copytree(conformance_pack.FOLDER, folder)
    curve, extra = folder / "vectors/fsrs6/curve.json", folder / "vectors/fsrs6/old.json"
    curve.write_text(curve.read_text().replace('"elapsed_days": 10', '"elapsed_days": 11'))
    extra.write_text("{}")
    (folder / "README.md").write_text("old")
    assert conformance_pack.stale(folder) == [
        "README.md",
        "vectors/fsrs6/curve.json",
        "vectors/fsrs6/old.json",
    ]
    conformance_pack.write(folder)
    assert conformance_pack.stale(folder) == []
    assert not extra.exists()


def test_last_digits_may_differ(tmp_path):
    folder = tmp_path / "conformance"
    shutil.copytree(conformance_pack.FOLDER, folder)
    path = folder / "vectors/fsrs6/histories.json"
    text = path.read_text()
    assert "36500.0" in text
    path.write_text(text.replace("36500.0", "36500.0000001"))
    assert conformance_pack.stale(folder) == []
    path.write_text(text.replace("36500.0", "36500.001"))
    assert conformance_pack.stale(folder) == ["vectors/fsrs6/histories.json"]
