"""What a process had of processors: no thread that ends takes its part along."""

from __future__ import annotations

import os
import subprocess
import threading
import time

import pytest

from syncproof.kernel.host import ProcessorTime
from syncproof.systems.memory import processor_account, processor_time

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def test_a_thread_that_has_ended_counts_and_waits_are_those_of_the_others() -> None:
    ticks = round(3 / _TICK_S)
    whole = f"7 (a) b) S 1 7 7 0 -1 4194304 1 2 3 4 {ticks} {ticks} 8 9 20 0 2 0 500 6 7\n"
    account = f"{whole}1500000000 250000000 3\n500000000 500000000 4\n"
    assert processor_time(account) == ProcessorTime(6.0, 0.75)


def test_what_living_threads_had_is_counted_finer_than_the_whole() -> None:
    whole = "7 (a) S 1 7 7 0 -1 4194304 1 2 3 4 0 0 8 9 20 0 2 0 500 6 7\n"
    assert processor_time(f"{whole}4000000 0 3\n").used_s == 0.004


def test_this_process_keeps_what_a_thread_of_it_had() -> None:
    before = processor_time(processor_account(os.getpid())).used_s
    spent: list[float] = []

    def work() -> None:
        while time.thread_time() < 0.1:
            pass
        spent.append(time.thread_time())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert processor_time(processor_account(os.getpid())).used_s - before >= spent[0] - 2 * _TICK_S


def test_who_has_ended_has_no_account() -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    with pytest.raises(ProcessLookupError, match="it has ended"):
        processor_account(child.pid)
