"""Damaged files end in one of our errors or in a collection, never in anything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_collections import Row, Tiny, package, zstd

from repetita.collections import card_states
from repetita.errors import RepetitaError
from repetita.reviews.anki import ReadLimits, read_anki, read_collection

LIMITS = ReadLimits(total_bytes=50_000_000)
TINY = Tiny(rows=[Row(0, 3, type=0), Row(48, 3), Row(200, 1)], cards={1: {"data": '{"s":3.0,"d":5.0}'}})
MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12
)


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("originals")
    modern, old = TINY.bytes(folder), Tiny(rows=TINY.rows, schema=11).bytes(folder)
    media = {"a.png": b"picture"}
    return {
        "package 1": package(folder / "1.apkg", 1, old, media=media).read_bytes(),
        "package 2": package(folder / "2.apkg", 2, old, media=media).read_bytes(),
        "package 3": package(folder / "3.apkg", 3, modern, media=media).read_bytes(),
        "schema 11": old,
        "schema 18": modern,
        "zstd": zstd(modern),
    }


@pytest.fixture
def attempt(tmp_path: Path) -> Callable[[bytes], None]:
    def attempt(content: bytes) -> None:
        (tmp_path / "damaged.colpkg").write_bytes(content)
        with suppress(RepetitaError):
            collection = read_collection(tmp_path / "damaged.colpkg", limits=LIMITS)
            log = read_anki(collection)
            assert log.funnel.kept == len(log)
            card_states(collection)

    return attempt


KINDS = ["package 1", "package 2", "package 3", "schema 11", "schema 18", "zstd"]
FAST = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.mark.parametrize("kind", KINDS)
@given(mutations=MUTATIONS)
@FAST
def test_changed_bytes(
    originals: dict[str, bytes],
    attempt: Callable[[bytes], None],
    kind: str,
    mutations: list[tuple[float, int]],
) -> None:
    content = bytearray(originals[kind])
    for place, value in mutations:
        content[int(place * len(content))] = value
    attempt(bytes(content))


@pytest.mark.parametrize("kind", KINDS)
@given(part=st.floats(0, 1))
@FAST
def test_cut_files(
    originals: dict[str, bytes], attempt: Callable[[bytes], None], kind: str, part: float
) -> None:
    attempt(originals[kind][: int(part * len(originals[kind]))])


@given(
    beginning=st.sampled_from([b"PK\x03\x04", b"SQLite format 3\x00", b"\x28\xb5\x2f\xfd", b""]),
    rest=st.binary(),
)
@FAST
def test_right_beginnings_of_nothing(attempt: Callable[[bytes], None], beginning: bytes, rest: bytes) -> None:
    attempt(beginning + rest)
