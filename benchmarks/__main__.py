"""`make bench`: measure the rival, the relay limit and Trato, and print a table."""

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path

from tests import services

from . import measure, report, servers
from .report import Row
from .servers import Server, System

NEEDED = ("postgres", "initdb", "redis-server")
IDLE_SOCKETS = 5_000


def main(arguments: list[str]) -> int:
    """Measure; 0 if it could be done, whatever the figures."""
    options = parse(arguments)
    if missing := [program for program in NEEDED if services.find(program) is None]:
        for program in missing:
            say(f"not found: {program} (Debian package: {services.PACKAGES[program]})")
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="trato-bench-") as name,
        contextlib.ExitStack() as running,
    ):
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user and has to get through
        contenders = start(options, folder, running)
        rows = {row.name: row for row, *_ in contenders}
        for _ in range(options.rounds):
            for row, system, server in contenders:
                row.loaded.append(
                    measure.play(
                        system,
                        [server],
                        pairs=options.pairs,
                        warm_up=options.warm_up,
                        seconds=options.seconds,
                        read_every=options.read_every,
                    )
                )
                say(line(row, row.loaded[-1], f"{options.pairs} pairs"))
        for _ in range(options.rounds):
            for row, system, server in contenders:
                row.unloaded.append(
                    measure.play(
                        system,
                        [server],
                        pairs=1,
                        warm_up=options.warm_up / 2,
                        seconds=options.seconds / 2,
                        read_every=options.read_every,
                    )
                )
                say(line(row, row.unloaded[-1], "1 pair"))
        say("\n" + "\n".join(report.speed(list(rows.values()), rows.get("rival, daphne"))))
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round; a look, no figures")
    parser.add_argument(
        "--only", nargs="+", choices=["rival", "relay", "trato"], help="only these systems"
    )
    parser.add_argument(
        "--server", nargs="+", default=["daphne", "uvicorn"], help="what serves Trato"
    )
    parser.add_argument("--rounds", type=int, default=3, help="of each system, in turn")
    parser.add_argument("--seconds", type=float, default=8, help="that a round is measured")
    parser.add_argument("--warm-up", type=float, default=2, help="seconds before that")
    parser.add_argument("--pairs", type=int, default=50, help="that talk at once")
    parser.add_argument(
        "--read-every",
        type=int,
        default=0,
        metavar="N",
        help="let receivers say conversation.read for every Nth message (default: never)",
    )
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.seconds, options.warm_up = 1, min(options.seconds, 4), 1
    options.only = options.only or ["rival", "relay", "trato"]
    return options


def start(
    options: argparse.Namespace, folder: Path, running: contextlib.ExitStack
) -> list[tuple[Row, System, Server]]:
    """Start the systems and a server for each row of the table."""
    contenders = []
    for name in options.only:
        system = running.enter_context(getattr(servers, name)(folder / name, options.pairs))
        for how in options.server if name == "trato" else ["daphne"]:
            server = running.enter_context(system.serve(how))
            contenders.append((Row(f"{name}, {how}"), system, server))
            say(
                f"{name} on {how}: server {server.pid}, database and Redis "
                f"{', '.join(map(str, system.services))}"
            )
    return contenders


def line(row: Row, one: measure.Round, what: str) -> str:
    talk = one.talk
    return (
        f"{row.name:16} {what:9} {talk.per_second:7,.0f}/s {one.cpu_ms_per_message:6.2f} CPU-ms  "
        f"p50 {talk.milliseconds(50):6.1f}  p95 {talk.milliseconds(95):6.1f}  "
        f"p99 {talk.milliseconds(99):6.1f} ms  client {talk.client_cores:4.0%}"
    )


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
