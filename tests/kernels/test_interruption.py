"""An interruption is kept while the compiler works, and never lost."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading

import pytest

from repetita.kernels.interruption import interruption_kept

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_the_block_ends_before_the_interruption():
    done = []

    def interrupted():
        with interruption_kept():
            interrupt()
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == [True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_call_back_from_compiled_code_does_not_swallow_it():
    called_from_c = ctypes.CFUNCTYPE(None)(interrupt)

    def interrupted():
        with interruption_kept():
            called_from_c()

    with pytest.raises(KeyboardInterrupt):
        interrupted()


def test_other_handlers_and_other_threads_are_left_alone():
    seen = []
    previous = signal.signal(signal.SIGINT, lambda *_: seen.append("theirs"))
    try:
        with interruption_kept():
            interrupt()
            assert seen == []
        assert seen == ["theirs"]
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with interruption_kept():
            interrupt()
    finally:
        signal.signal(signal.SIGINT, previous)

    def elsewhere():
        with interruption_kept():
            seen.append(threading.current_thread().name)

    thread = threading.Thread(target=elsewhere, name="other")
    thread.start()
    thread.join()
    assert seen == ["theirs", "other"]


@pytest.mark.slow
def test_a_first_fit_can_be_interrupted_while_it_compiles(tmp_path):
    code = (
        "import numba; from repetita.fitting import fit; from repetita.reviews import simulate_log\n"
        "log = simulate_log(cards=30, days=60)\n"
        "print('at work', flush=True)\n"
        "try: fit(log)\n"
        "except KeyboardInterrupt: print('stopped', flush=True)\n"
        "else: print('finished', flush=True)"
    )
    environment = {**os.environ, "REPETITA_CACHE": str(tmp_path)}
    call = [sys.executable, "-c", code]
    with subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "at work\n"
        threading.Event().wait(1.5)  # compiling takes several times as long
        run.send_signal(signal.SIGINT)
        said, told = run.communicate(timeout=120)
    assert said == "stopped\n", told
    assert "ignored" not in told
