"""Files of weights: read without torch, as torch reads them; whatever is wrong is an error of ours."""

from __future__ import annotations

import io
import os
import pickle
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import repetita as rp
from repetita.errors import CorruptInput, InputError, InputMissing, UnsupportedInput
from repetita.state_dicts import Tensor, read_archive, read_state_dict, state_dict_bytes

WEIGHTS = {"a.weight": Tensor((2, 3), (1.0, 2.0, 3.0, 4.0, 5.0, 6.5)), "a.bias": Tensor((2,), (-1.0, 0.25))}


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def archive(program, parts=(), folder="archive"):
    """A ``.pth`` file of a pickle and further members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(f"{folder}/data.pkl", program)
        for name, data in parts:
            file.writestr(f"{folder}/{name}", data)
    return buffer.getvalue()


@pytest.fixture
def written(tmp_path):
    def write(data):
        path = tmp_path / "weights.pth"
        path.write_bytes(data)
        return path

    return write


def test_what_was_written_is_read(written):
    assert read_state_dict(written(state_dict_bytes(WEIGHTS))) == WEIGHTS


@pytest.mark.parametrize("name", ["state_dict", "model", "model_state_dict"])
def test_a_state_dict_inside_another_mapping_is_found(written, name):
    assert read_state_dict(written(state_dict_bytes({"epoch": 3, name: WEIGHTS}))) == WEIGHTS


def test_nested_content_of_an_optimizer(written):
    content = {"state": {0: {"step": Tensor((), (3.0,))}}, "groups": [{"betas": (0.0, 0.9), "foreach": None}]}
    assert read_archive(written(state_dict_bytes(content))) == content


@pytest.mark.golden
def test_golden_file_as_torch_reads_it(golden_file):
    torch = pytest.importorskip("torch", reason="compares with torch's own reader")
    path = golden_file("lstm_random.pth")
    theirs, ours = torch.load(path, weights_only=True), read_state_dict(path)
    assert list(theirs) == list(ours)
    for name, tensor in theirs.items():
        assert tuple(tensor.shape) == ours[name].shape
        assert tensor.flatten().tolist() == list(ours[name].values)


@pytest.mark.parametrize(
    "dtype", ["float16", "bfloat16", "float32", "float64", "int64", "int32", "int16", "int8", "uint8", "bool"]
)
def test_every_type_and_layout_that_torch_saves(tmp_path, dtype):
    torch = pytest.importorskip("torch", reason="writes with torch")
    base = torch.arange(24).reshape(4, 6).to(getattr(torch, dtype))
    tensors = {"plain": base, "turned": base.T, "part": base[1:, ::2], "one": base[2, 3], "none": base[:0]}
    torch.save(tensors, tmp_path / "x.pth")
    ours = read_state_dict(tmp_path / "x.pth")
    for name, tensor in tensors.items():
        assert ours[name].shape == tuple(tensor.shape)
        assert list(ours[name].values) == tensor.flatten().tolist()
        assert ours[name].dtype == dtype


def test_parameters_and_wrappers_of_torch(tmp_path):
    torch = pytest.importorskip("torch", reason="writes with torch")
    torch.save({"model": torch.nn.Linear(2, 1).state_dict(), "epoch": 7}, tmp_path / "x.pth")
    assert list(read_state_dict(tmp_path / "x.pth")) == ["weight", "bias"]
    torch.save({"w": torch.nn.Parameter(torch.ones(2))}, tmp_path / "y.pth")
    assert read_state_dict(tmp_path / "y.pth")["w"].values == (1.0, 1.0)


def test_torch_reads_what_we_write(written):
    torch = pytest.importorskip("torch", reason="reads with torch")
    path = written(state_dict_bytes(WEIGHTS))
    theirs = torch.load(path, weights_only=True)
    assert {name: tuple(tensor.flatten().tolist()) for name, tensor in theirs.items()} == {
        name: tensor.values for name, tensor in WEIGHTS.items()
    }


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_bomb_is_refused_and_never_run(written, tmp_path, protocol):
    target = tmp_path / "exploded"
    path = written(archive(pickle.dumps({"a": Bomb(target)}, protocol=protocol)))
    with pytest.raises(CorruptInput, match="refused"):
        rp.model("lstm", weights=path)
    path.write_bytes(pickle.dumps(Bomb(target), protocol=protocol))
    with pytest.raises(UnsupportedInput, match="nothing in it was run"):
        rp.model("lstm", weights=path)
    assert not target.exists()


@pytest.mark.parametrize(
    "program",
    [
        b"cbuiltins\neval\n(X\x03\x00\x00\x001+1tR.",
        b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.",
        b"(X\x04\x00\x00\x00trueiposix\nsystem\n.",  # INST
        b"(cposix\nsystem\nX\x04\x00\x00\x00trueo.",  # OBJ
        b"\x80\x02ccollections\nOrderedDict\n)\x81.",  # NEWOBJ
        b"\x80\x02\x82\x01.",  # EXT1
        b"P0\n.",  # PERSID
        b"ctorch\nload\n(X\x01\x00\x00\x00atR.",
        b"ctorch._utils\n_rebuild_tensor_v3\n.",
        b"ctorch.storage\n_load_from_bytes\n(X\x01\x00\x00\x00atR.",
        b"crepetita\nStorage\n)R.",
    ],
)
def test_instructions_that_reach_outside_are_refused(written, program):
    with pytest.raises(CorruptInput, match="refused"):
        read_archive(written(archive(program)))


@pytest.mark.parametrize(
    "program",
    [
        b"",
        b"N",
        b".",
        b"}}.",
        b"\x80\x02}q\x00X\x01\x00",
        b"]r\xff\xff\xff\xff.\x80",
        b"h\x05.",
        b"(u.",
        b"}(X\x01\x00\x00\x00au.",
        b"N(NNe.",
        b"ctorch\nFloatStorage\n)R.",
        b"ccollections\nOrderedDict\n(NtR.",
        b"}X\x01\x00\x00\x00aQ.",
        b"}(]Nu.",
        b"\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.",
    ],
)
def test_damaged_descriptions_are_said_to_be(written, program):
    with pytest.raises((CorruptInput, UnsupportedInput)):
        read_state_dict(written(archive(program)))


def test_a_list_inside_itself_and_huge_memory_places_do_no_harm(written):
    assert isinstance(read_archive(written(archive(b"]q\x00h\x00a."))), list)
    assert read_archive(written(archive(b"]r\xff\xff\xff\xff."))) == []


def test_storages_must_be_there_and_of_the_size_that_is_said(written):
    good = state_dict_bytes(WEIGHTS)
    with zipfile.ZipFile(io.BytesIO(good)) as file:
        members = {name: file.read(name) for name in file.namelist()}

    def with_member(name, data):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            for member, content in members.items():
                if member != name:
                    file.writestr(member, content)
            if data is not None:
                file.writestr(name, data)
        return buffer.getvalue()

    for data in (None, b"", b"\0" * 20, b"\0" * 28):
        with pytest.raises(CorruptInput, match="data/0"):
            read_state_dict(written(with_member("archive/data/0", data)))
    for program in (
        members["archive/data.pkl"].replace(b"FloatStorage", b"FlootStorage", 1),
        # a shape that its storage does not hold
        members["archive/data.pkl"].replace(b"J\x03\x00\x00\x00", b"J\xff\xff\xff\x7f"),
        members["archive/data.pkl"].replace(b"J\x03\x00\x00\x00", b"J\xff\xff\xff\xff"),
    ):
        with pytest.raises(CorruptInput):
            read_state_dict(written(with_member("archive/data.pkl", program)))


def test_other_files_are_told_apart(tmp_path, written):
    with pytest.raises(InputMissing, match="does not exist"):
        read_state_dict(tmp_path / "none.pth")
    with pytest.raises(InputMissing, match="folder"):
        read_state_dict(tmp_path)
    for data in (b"", b"hello", b"\x80\x02}q\x00."):
        with pytest.raises(UnsupportedInput):
            read_state_dict(written(data))
    with pytest.raises(UnsupportedInput, match="not one of weights"):
        read_state_dict(written(archive(b"N.", [("code/x.py", b"")]).replace(b"data.pkl", b"date.pkl")))
    with pytest.raises(UnsupportedInput, match="not one of weights"):
        read_state_dict(written(archive(b"N.", [("constants.pkl", b"")])))
    for content in ({}, {"a": 1}, {"model": {"model": {"model": {"model": {"model": WEIGHTS}}}}}):
        with pytest.raises(UnsupportedInput, match="no state dict"):
            read_state_dict(written(state_dict_bytes(content)))


def test_an_archive_that_expands_without_end_is_refused(written):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", b"\0" * (65 << 20))
    assert len(buffer.getvalue()) < 1 << 20
    with pytest.raises(CorruptInput, match="MiB"):
        read_state_dict(written(buffer.getvalue()))


def test_many_tensors_of_one_small_storage_are_refused(written):
    program = bytearray(b"\x80\x02}(")
    for i in range(20):
        program += b"X\x02\x00\x00\x00" + f"{i:02d}".encode()
        program += b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\n"
        program += b"X\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x01tQK\x00J\x00\x00\x10\x00\x85K\x00\x85\x89NtR"
    with pytest.raises(CorruptInput, match="larger than"):
        read_state_dict(written(archive(bytes(program) + b"u.", [("data/0", b"\0\0\0\0")])))


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_an_error_of_ours_or_harmless(written, data):
    content = bytearray(state_dict_bytes(WEIGHTS))
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    for place in data.draw(st.lists(st.integers(0, max(len(content) - 1, 0)), max_size=6)):
        if content:
            content[place] = data.draw(st.integers(0, 255))
    try:
        read = read_state_dict(written(bytes(content)))
    except InputError:
        return
    assert all(isinstance(tensor, Tensor) for tensor in read.values())
