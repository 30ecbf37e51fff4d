"""The pack: complete, well formed, the same in every form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from repetita.conformance import chosen, export_pack, make_pack, read_pack
from repetita.conformance.making import REFUSED
from repetita.conformance.of_models import VERSIONS
from repetita.conformance.pack import pack_files
from repetita.errors import (
    CorruptInput,
    InputMissing,
    OutputError,
    OutputExists,
    UnknownName,
    UnsupportedInput,
)

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def pack():
    return make_pack()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    export_pack(folder, force=True)
    return folder


def test_every_version_has_every_topic(pack):
    topics = {}
    for topic in pack:
        topics.setdefault(topic.group, set()).add(topic.name)
    of_models = {"curve", "first_states", "next_states", "histories", "intervals", "whole_intervals", "loss"}
    assert all(topics[version] == {*of_models, "parameters"} for version in VERSIONS)
    assert topics["rules"] == {"fuzz_bounds", "fuzz_draws", "anki_fuzz", "days", "training_items"}


def test_ids_are_unique_and_name_their_topic(pack):
    ids = [vector.id for topic in pack for vector in topic.vectors]
    assert len(set(ids)) == len(ids)
    assert all(v.id.startswith(f"{topic.label}/") for topic in pack for v in topic.vectors)


def test_all_rules_of_a_state_are_visited(pack):
    """Caps and floors that programs forget are among the vectors."""
    histories = {v.id: v.expected["states"] for t in chosen(pack, ["histories"]) for v in t.vectors}
    assert histories["fsrs6/histories/default easy up to the bound"][-1][0] == 36500.0
    floor = histories["fsrs6/histories/default same day"]
    assert floor[3][0] == floor[2][0]  # a Hard on the same day does not lower stability
    refused = [v for t in pack for v in t.vectors if v.expected == REFUSED]
    assert len(refused) == 2 * len(VERSIONS)


def test_files_fit_their_schema(pack):
    jsonschema = pytest.importorskip("jsonschema")
    files = pack_files(pack)
    schema = json.loads(files["schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    vectors = [name for name in files if name.startswith("vectors/")]
    assert vectors == json.loads(files["index.json"])["files"]
    for name in vectors:
        validator.validate(json.loads(files[name], parse_constant=pytest.fail))
    broken = json.loads(files["vectors/fsrs6/curve.json"])
    broken["vectors"][0]["expected"] = {"retrievability": "0.9"}
    assert not validator.is_valid(broken)


def test_files_are_small_enough_to_read(pack):
    for name, text in pack_files(pack).items():
        assert len(text) < 50_000, name


def test_what_is_written_is_read_back(pack, folder):
    assert read_pack(folder) == pack


def test_the_folder_of_the_repository_is_the_exported_form(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            assert (ROOT / "conformance" / path.relative_to(folder)).is_file(), path.name


def test_export_overwrites_nothing(folder, tmp_path):
    changed = folder / "README.md"
    before = changed.read_bytes()
    with pytest.raises(OutputExists):
        export_pack(folder)
    assert changed.read_bytes() == before
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make the folder"):
        export_pack(tmp_path / "file" / "pack")


def test_names_of_topics(pack):
    assert {t.label for t in chosen(pack, ["fsrs6/curve", "days"])} == {"fsrs6/curve", "rules/days"}
    assert len(chosen(pack, ["curve"])) == len(VERSIONS)
    assert chosen(pack, []) == pack
    with pytest.raises(UnknownName, match="did you mean 'fuzz_bounds'"):
        chosen(pack, ["fuzz_bound"])


def test_named_parameters_are_sent_as_numbers(pack):
    (topic,) = chosen(pack, ["fsrs6/curve"])
    request = topic.request(topic.vectors[0])
    assert request["id"] == topic.vectors[0].id
    assert len(request["parameters"]) == 21


# ---------------------------------------------------------------------- damaged packs
def damaged(folder, tmp_path, change, name="vectors/fsrs6/curve.json"):
    for path in folder.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    path = tmp_path / name
    path.write_text(change(path.read_text()))
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: text.replace('"vectors"', '"victors"'),
        lambda text: text.replace('"kind": "conformance vectors"', '"kind": "recipes"'),
        lambda text: text.replace('"parameters": "default"', '"parameters": "mine"', 1),
        lambda text: text.replace('"op"', '"pop"', 1),
    ],
)
def test_a_damaged_file(folder, tmp_path, change):
    with pytest.raises(CorruptInput, match=r"curve\.json is no file of conformance vectors"):
        read_pack(damaged(folder, tmp_path, change))


def test_a_newer_file(folder, tmp_path):
    with pytest.raises(UnsupportedInput, match="schema 2"):
        read_pack(damaged(folder, tmp_path, lambda text: text.replace('"schema": 1', '"schema": 2')))


def test_an_index_that_leads_elsewhere(folder, tmp_path):
    with pytest.raises(CorruptInput, match="not below its folder"):
        read_pack(
            damaged(
                folder,
                tmp_path,
                lambda text: text.replace("vectors/fsrs6/curve.json", "../../secret.json"),
                "index.json",
            )
        )


def test_no_pack_there(tmp_path):
    with pytest.raises(InputMissing, match=r"index\.json"):
        read_pack(tmp_path)
