"""The cost of processes according to the kernel (/proc, so only on Linux)."""

import contextlib
import os
import resource
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KB = 1024
SETTLED_SECONDS = 6.0  # longer than `DUE_SECONDS`, so that each server checks once
SETTLED_SHARE = 0.25  # of a core, by all processes together
SETTLED_SECONDS_MAX = 180.0


def tree(roots: Iterable[int]) -> set[int]:
    """Return some processes and all of their descendants."""
    children: dict[int, list[int]] = {}
    for pid in _all():
        if fields := _stat(pid):
            children.setdefault(int(fields[1]), []).append(pid)
    descendants: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        descendants.add(pid)
        waiting += children.get(pid, ())
    return descendants


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return the CPU time of process trees so far, including descendants that have ended."""
    ticks = 0
    for pid in tree(roots):
        if fields := _stat(pid):
            ticks += sum(map(int, fields[11:15]))  # utime and stime, also of reaped children
    return ticks / TICKS_PER_SECOND


def settle(roots: Collection[int]) -> bool:
    """Wait until some process trees have nothing left to do; return False if they stay busy."""
    end = time.monotonic() + SETTLED_SECONDS_MAX
    while time.monotonic() < end:
        before = cpu_seconds(roots)
        time.sleep(SETTLED_SECONDS)
        if cpu_seconds(roots) - before < SETTLED_SHARE * SETTLED_SECONDS:
            return True
    return False


def resident_kb(root: int) -> int:
    """Return the memory that a process and its descendants use."""
    pages = 0
    for pid in tree([root]):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // KB


def allow_open_files(count: int) -> bool:
    """Raise the limit on open files for this process and its children; return False if refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY != hard < count:
        return False
    if resource.RLIM_INFINITY != soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
    return True


@contextlib.contextmanager
def on_cores(count: int | None) -> Iterator[None]:
    """Keep this process and its descendants on the first few cores until the block ends.

    Args:
        count: the number of cores; None changes nothing.
    """
    allowed = os.sched_getaffinity(0)
    if count is not None:
        _pin(set(sorted(allowed)[:count]))
    try:
        yield
    finally:
        if count is not None:
            _pin(allowed)


def _pin(cores: set[int]) -> None:
    for pid in tree([os.getpid()]):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), cores)


def _all() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/<pid>/stat from the third on; None if the process has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()
