"""CPU time and memory are reported as the kernel counts them, even for processes that ended."""

import os
import subprocess
import sys

import pytest

from benchmarks import processes

# The child burns a little more than the test expects: the kernel rounds each of four times down to
# a tick of 10 ms.
PARENT = """
import subprocess, sys
burn = "import time\\nwhile time.process_time() < 0.34: pass"
subprocess.run([sys.executable, "-c", burn])
print("ended", flush=True)
sys.stdin.read()
"""
# In a separate process: this one may reuse memory that earlier tests have freed.
HOLDER = """
import sys
print("empty", flush=True)
sys.stdin.readline()
held = bytearray(b"x") * (50 * 1024 * 1024)
print("held", flush=True)
sys.stdin.read()
"""


def test_cpu_of_a_child_that_has_ended_still_counts() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"ended\n"
        assert processes.cpu_seconds([parent.pid]) >= 0.3
        parent.communicate()


def test_memory_that_is_held_is_seen() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdin
        assert holder.stdout
        assert holder.stdout.readline() == b"empty\n"
        before = processes.resident_kb(holder.pid)
        holder.stdin.write(b"\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == b"held\n"
        held = processes.resident_kb(holder.pid) - before
        assert held == pytest.approx(50 * 1024, rel=0.1)
        holder.communicate()


def test_one_core_is_one_core_and_ends_with_the_block() -> None:
    before = os.sched_getaffinity(0)
    with processes.on_cores(1):
        child = [sys.executable, "-c", "import os; print(len(os.sched_getaffinity(0)))"]
        assert len(os.sched_getaffinity(0)) == 1
        assert subprocess.run(child, stdout=subprocess.PIPE, check=True).stdout == b"1\n"
    assert os.sched_getaffinity(0) == before
