from __future__ import annotations

import multiprocessing
import os
import threading
import time

import pytest

from repetita.kernels.threads import available_threads, run_chunks


def chunks_done(chunks, threads):
    done = []

    def work(take):
        while (i := take()) < chunks:
            done.append((i, threading.get_ident()))
            time.sleep(0.002)

    run_chunks(work, chunks, threads)
    return done


@pytest.mark.parametrize("threads", [1, 2, 5, None])
@pytest.mark.parametrize("chunks", [0, 1, 2, 23])
def test_every_chunk_is_done_once(chunks, threads):
    assert sorted(i for i, _ in chunks_done(chunks, threads)) == list(range(chunks))


def test_one_thread_is_the_calling_one():
    assert {thread for _, thread in chunks_done(5, 1)} == {threading.get_ident()}
    assert {thread for _, thread in chunks_done(1, 8)} == {threading.get_ident()}


@pytest.mark.skipif(available_threads() < 2, reason="one processor")
def test_two_threads_share_the_work():
    assert len({thread for _, thread in chunks_done(40, 2)}) == 2


def test_an_error_in_any_thread_reaches_the_caller():
    def work(take):
        while (i := take()) < 20:
            time.sleep(0.001)
            if i == 11:
                raise ZeroDivisionError("chunk 11")

    with pytest.raises(ZeroDivisionError, match="chunk 11"):
        run_chunks(work, 20, 2)


def test_many_callers_at_once():
    results = {}

    def call(name):
        results[name] = sorted(i for i, _ in chunks_done(15, 4))

    callers = [threading.Thread(target=call, args=(name,)) for name in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=30)
    assert results == {name: list(range(15)) for name in range(8)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own():
    chunks_done(10, 2)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        done = pool.apply_async(chunks_done, (30, 2)).get(timeout=30)
    assert sorted(i for i, _ in done) == list(range(30))
