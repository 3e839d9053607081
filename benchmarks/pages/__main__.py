"""`make bench-pages`: pages per core, and their times with 10,000 and 1,000,000 messages."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from deploy import services

from . import cores
from .fill import Size, fill

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"small": Size(10_000), "large": Size(1_000_000)}
RATIO_LIMIT = 1.5  # 95th percentile at 1,000,000 messages ÷ that at 10,000

COUNTS = (
    "SELECT (SELECT count(*) FROM messaging_message), "
    "(SELECT count(*) FROM messaging_conversation), "
    "(SELECT count(*) FROM notifications_notification)"
)

WARM_UP = 5  # rounds that are not counted

Pages = list[dict[str, Any]]
Round = list[tuple[float, float | None]]  # seconds for each page, and with fewer rows


def main() -> int:
    """Fill databases, measure, and print; return 0 if all goals are met."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    options.add_argument("--rounds", type=int, default=100, help="of every page, at each size")
    options.add_argument("--messages", type=int, default=1_000_000)
    options.add_argument("--cores-only", action="store_true", help="only pages per core, at 10,000")
    options.add_argument("--core-rounds", type=int, default=5, help="0: no pages per core")
    options.add_argument("--core-seconds", type=float, default=1.5, help="per page and round")
    options.add_argument("--only", nargs="+", default=[], help="pages with one of these words")
    options.add_argument("--no-browser", action="store_true", help="don't count first visits")
    chosen = options.parse_args()
    sizes = SIZES | {"large": Size(chosen.messages)}
    with tempfile.TemporaryDirectory(prefix="trato-pages-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user, who needs to enter
        with services.postgresql(folder) as server:
            if chosen.core_rounds and not chosen.only:
                per_core = prepared(server.address, "per_core", SIZES["small"])
                lines = cores.measure(
                    per_core, folder, chosen.core_rounds, chosen.core_seconds,
                    look=not chosen.no_browser,
                )  # fmt: skip
                say("\n".join(["", *lines, ""]))
            if chosen.cores_only:
                return 0
            addresses = {name: prepared(server.address, name, size) for name, size in sizes.items()}
            return report(*measured(addresses, chosen.rounds, chosen.only))


def prepared(server: str, name: str, size: Size) -> str:
    """Create a database with a number of messages; return its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address = server.rsplit("/", 1)[0] + f"/{name}"
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment(address), check=True)
    since = time.monotonic()
    fill(address, size)
    with psycopg.connect(address) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in (
                "messaging_message",
                "messaging_conversation",
                "notifications_notification",
            )
        ]
    rows = " messages, ".join(f"{count[0]:,}" for count in counts[:1] if count)
    rest = [f"{count[0]:,}" for count in counts[1:] if count]
    say(
        f"{name}: {rows} messages, {rest[0]} conversations, {rest[1]} notifications "
        f"in {time.monotonic() - since:.0f} s"
    )
    return address


def measured(addresses: dict[str, str], rounds: int, only: list[str]) -> tuple[Pages, Pages]:
    """Measure both sizes in alternating rounds, so that disturbances affect both.

    Args:
        only: words; measure the pages whose name contains one of them. Empty for all pages.
    """
    with (
        Measurer(addresses["small"], *only) as small,
        Measurer(addresses["large"], "--check", *only) as large,
    ):
        # Compare equal numbers of rows. Otherwise this would measure how long rows take to render.
        rows = {
            few["name"]: few["rows"]
            for few, many in zip(small.pages, large.pages, strict=True)
            if 0 < few["rows"] < many["rows"]
        }
        for _ in range(WARM_UP):
            small.round({})
            large.round(rows)
        for _ in range(rounds):
            small.collect(small.round({}))
            large.collect(large.round(rows))
    return small.pages, large.pages


class Measurer:
    """A process that requests pages from one database on command.

    Args:
        address: the URL of the database.
        options: `--check` to check the query plans, and words to choose pages, see `measure.main`.
    """

    def __init__(self, address: str, *options: str) -> None:
        command = [sys.executable, "-m", "benchmarks.pages.measure", *options]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment(address), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.pages: Pages = [page | {"seconds": [], "alike": []} for page in self._answer()]

    def __enter__(self) -> "Measurer":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.communicate()  # closes its input, which stops it

    def round(self, rows: dict[str, int]) -> Round:
        """Request each page; return the seconds for each, see `measure.seconds_for`."""
        if self.process.stdin is None:
            raise RuntimeError("the measuring process has no input")
        self.process.stdin.write(json.dumps(rows) + "\n")
        self.process.stdin.flush()
        seconds: Round = self._answer()
        return seconds

    def collect(self, seconds: Round) -> None:
        """Keep a round. `alike` gets the seconds with as many rows as the small database has."""
        for page, (more, alike) in zip(self.pages, seconds, strict=True):
            page["seconds"].append(more)
            page["alike"].append(more if alike is None else alike)

    def _answer(self) -> Any:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise RuntimeError("the measuring process ended early; what it said stands above")
        return json.loads(line)


def report(at_small: Pages, at_large: Pages) -> int:
    """Print the table and the goals that are not met; return 1 if there are any."""
    say("\nServer time in milliseconds, at 10,000 and at 1,000,000 messages, rows and statements;")
    say("the ratio is for as many rows as the small database has")
    say(f"{'page':32}{'p50':>8}{'p95':>8}{'p50':>8}{'p95':>8}{'alike':>8}{'ratio':>7}{'rows':>9}")
    failures: list[str] = []
    for small, large in zip(at_small, at_large, strict=True):
        name = small["name"]
        (low50, low95), (high50, high95) = (percentiles(one["seconds"]) for one in (small, large))
        alike50, alike95 = percentiles(large["alike"])
        most = small["most"] or RATIO_LIMIT
        ratio = alike50 / low50 if small["most"] else alike95 / low95
        counts = small["queries"], large["queries"]
        # Don't compare a page with rows to an empty one, which reads less.
        is_compared = small["compared"] and bool(small["rows"] or not large["rows"])
        compared = f"{ratio:7.2f}" if is_compared else f"{'–':>7}"
        rows = f"{small['rows']}/{large['rows']}"
        times = "".join(f"{time:8.1f}" for time in (low50, low95, high50, high95, alike95))
        say(f"{name:32}{times}{compared}{rows:>9}{counts[1]:>4}")
        if is_compared and ratio > most:
            cut = "the median" if small["most"] else "p95"
            failures.append(f"{name}: {cut} is {ratio:.2f} × what it is at 10,000 messages")
        if large["limit"] and high95 > large["limit"]:
            failures.append(f"{name}: p95 is {high95:.0f} ms, more than {large['limit']:.0f}")
        if counts[1] > counts[0] and is_compared:
            failures.append(f"{name}: {counts[0]} statements at 10,000 messages, then {counts[1]}")
        failures += [f"{name} reads a large table in full: {plan}" for plan in large["scans"]]
    say("\n" + ("\n".join(failures) or "Everything holds."))
    return int(bool(failures))


def environment(address: str) -> dict[str, str]:
    own = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "REDIS_URL": "",
        "SUGGESTIONS_PER_MINUTE": "1000000",
        "CONVERSATION_SEARCHES_PER_MINUTE": "1000000",
    }
    return {**os.environ, **own, "DATABASE_URL": address}


def percentiles(seconds: list[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile, in milliseconds."""
    cuts = statistics.quantiles((1000 * second for second in seconds), n=20)
    return cuts[9], cuts[18]


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
