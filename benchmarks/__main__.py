"""`make bench`: measure the rival, stock Channels and Trato, and print tables."""

import contextlib
import os
import signal
import sys
import tempfile
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from deploy import programs
from deploy.cluster import PAGES_NICE

from . import browser, idle, processes, report, servers
from .browser import Waits
from .idle import Idle
from .measure import Contender, Round
from .options import parse
from .servers import ROOT, Server, System
from .stages import STAGES, stages_of

NEEDED = ("postgres", "initdb", "redis-server")
REPORT = ROOT / "var" / "bench.md"
SPARE_FILES = 500  # a server's other files, besides its sockets
PERFORMANCE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- make bench: begin -->\n", "<!-- make bench: end -->\n"


def main(arguments: list[str]) -> int:
    """Run the measurements; return 0 if that was possible, whatever the results."""
    # Treat SIGTERM like Ctrl-C, so that everything that was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = parse(arguments)
    if missing := [program for program in NEEDED if programs.find(program) is None]:
        for program in missing:
            say(f"Not found: {program} (Debian package: {programs.PACKAGES[program]}).")
        return 1
    if not processes.allow_open_files(max_sockets(options) + SPARE_FILES):
        say("This machine allows too few open files (ulimit -Hn); choose fewer with --idle.")
        return 1
    load = os.getloadavg()[0]
    with systems(options) as started:
        with contextlib.ExitStack() as running:
            contenders = start_contenders(options, started, running)
            settle(contenders)
            run_rounds(contenders, options)
        idles = list(measure_idle(started, options))
    waits = measure_browsers(options)
    write_report(contenders, idles, waits, load, record=options.record)
    return 0


@contextlib.contextmanager
def systems(options: Namespace) -> Iterator[list[System]]:
    """Start the systems with all their services, but without servers."""
    cohorts = cohorts_of(options)
    with (
        tempfile.TemporaryDirectory(prefix="trato-bench-") as name,
        contextlib.ExitStack() as running,
    ):
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user, who needs to enter
        say("Filling databases.")
        yield [
            running.enter_context(getattr(servers, name)(folder / name, cohorts))
            for name in options.systems
        ]


def max_sockets(options: Namespace) -> int:
    """Return the maximum number of sockets at once."""
    most: int = max(2 * max(cohorts_of(options).values()), *options.idle, 0)
    return most


def cohorts_of(options: Namespace) -> dict[str, int]:
    """Return how many pairs each cohort needs."""
    cohorts = {servers.ALONE: max(options.pairs, max(options.idle, default=0) // 2)}
    for stage in (STAGES[name] for name in options.on):
        cohorts[stage.cohort] = max(cohorts.get(stage.cohort, 0), stage.pairs or options.pairs)
    return cohorts


def start_contenders(
    options: Namespace, started: list[System], running: contextlib.ExitStack
) -> list[Contender]:
    """Create a contender for each line of the table, on servers that run until `running` ends."""
    contenders = []
    for system in started:
        running_by_kind: dict[str, list[Server]] = defaultdict(list)
        for name, stage in stages_of(system.name, options.on).items():
            for_sockets, for_pages = running_by_kind[stage.how], running_by_kind["pages"]
            chatting = stage.servers - stage.apart
            while len(for_sockets) < chatting:
                for_sockets.append(running.enter_context(system.serve(stage)))
            if stage.apart and not for_pages:
                for_pages.append(running.enter_context(system.serve(stage, nice=PAGES_NICE)))
            chosen = [*for_sockets[:chatting], *(for_pages if stage.apart else [])]
            one = Contender(f"{system.name}, {name}", system, chosen, stage)
            contenders.append(one)
            pids = ", ".join(str(server.pid) for server in one.servers)
            others = ", ".join(map(str, system.services))
            say(f"{one.name}: server {pids}; database and Redis {others}")
    return contenders


def settle(contenders: list[Contender]) -> None:
    """Wait until the servers have nothing left to do.

    After starting, Trato computes figures from the messages in its database.
    """
    if not processes.settle({pid for one in contenders for pid in one.roots}):
        say("The servers are still busy with something else: believe the last rounds.")


def run_rounds(contenders: list[Contender], options: Namespace) -> None:
    """Run the contenders in turn, so that disturbances on the machine affect all of them."""
    for _ in range(options.rounds):
        for one in contenders:
            pairs = one.stage.pairs or options.pairs
            one.loaded.append(
                one.run_round(pairs, options.warm_up, options.seconds, options.read_every)
            )
            say(line(one, one.loaded[-1], f"{pairs} pairs"))
    for _ in range(options.rounds):
        for one in contenders:
            if one.stage.is_plain:
                one.unloaded.append(
                    one.run_round(1, options.warm_up / 2, options.seconds / 2, options.read_every)
                )
                say(line(one, one.unloaded[-1], "1 pair"))


def measure_idle(started: list[System], options: Namespace) -> Iterator[Idle]:
    """Measure idle sockets of the rival, and of Trato on each server.

    To save time, the rival and servers other than Daphne get fewer sockets.
    """
    for system in started:
        if not options.idle or system.name == "stock":
            continue
        for name, stage in stages_of(system.name, options.on).items():
            if not stage.is_plain:
                continue
            most = system.name == "trato" and stage.how == "daphne"
            counts, seconds = (
                (options.idle, options.idle_seconds) if most else (options.idle[:1], 5.0)
            )
            say(f"{system.name}, {name}: {max(counts):,} sockets sit for {seconds:.0f} s.")
            yield idle.measure(system, stage, counts, seconds)


def measure_browsers(options: Namespace) -> list[Waits]:
    """Measure how long people wait in real browsers, if one is installed."""
    if not options.browser:
        return []
    if programs.find("chromium") is None:
        say(f"Not found: chromium (Debian package: {programs.PACKAGES['chromium']}).")
        return []
    say(f"Two people talk in two browsers, {options.browser} rounds.")
    return browser.measure(options.browser)


def line(one: Contender, one_round: Round, what: str) -> str:
    measurement = one_round.measurement
    return (
        f"{one.name:41} {what:9} {measurement.per_second:7,.0f}/s {one_round.cpu_ms:6.2f} CPU-ms  "
        f"p50 {measurement.milliseconds(50):6.1f}  p95 {measurement.milliseconds(95):6.1f}  "
        f"p99 {measurement.milliseconds(99):6.1f} ms  client {measurement.client_cores:4.0%}"
    )


def write_report(
    contenders: list[Contender],
    idles: list[Idle],
    waits: list[Waits],
    load: float,
    *,
    record: bool,
) -> None:
    """Print the tables, and write them to a file or the documentation."""
    rival = next((one for one in contenders if one.system.name == "rival"), None)
    parts = [
        [report.machine(load)],
        report.speed(contenders, rival),
        report.idle(idles),
        report.browser(waits),
        report.goals(contenders, idles, waits),
    ]
    text = "\n\n".join("\n".join(part) for part in parts if part) + "\n"
    say(f"\n{text}")
    if record:
        before, _, rest = PERFORMANCE.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        PERFORMANCE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
        say(f"The same is now in {PERFORMANCE.relative_to(ROOT)}.")
    else:
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text(text)
        say(f"The same is in {REPORT.relative_to(ROOT)}.")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
