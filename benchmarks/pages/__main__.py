"""`make bench-pages`: the pages at 10,000 and at 1,000,000 messages, in one run, with a verdict."""

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

from tests import services

from .fill import Size, fill

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"small": Size(10_000), "large": Size(1_000_000)}
RATIO_LIMIT = 1.5  # of the 95th percentile at 1,000,000 messages to that at 10,000
RUNS = 3  # of each size, in turn, so that what else the machine does meets both

COUNTS = (
    "SELECT (SELECT count(*) FROM messaging_message), "
    "(SELECT count(*) FROM messaging_conversation), "
    "(SELECT count(*) FROM notifications_notification)"
)

Pages = dict[str, dict[str, Any]]


def main() -> int:
    """Fill, measure, print; 0 if everything holds."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    options.add_argument("--rounds", type=int, default=40, help="of every page, in each run")
    options.add_argument("--messages", type=int, default=1_000_000)
    chosen = options.parse_args()
    sizes = SIZES | {"large": Size(chosen.messages)}
    with tempfile.TemporaryDirectory(prefix="trato-pages-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user and has to get through
        with services.postgresql(folder) as server:
            addresses = {name: prepared(server.address, name, size) for name, size in sizes.items()}
            results: dict[str, Pages] = {name: {} for name in sizes}
            for run in range(RUNS):
                for name, address in addresses.items():
                    check = name == "large" and run == 0
                    gather(results[name], measured(address, chosen.rounds, check))
    return report(results)


def prepared(server: str, name: str, size: Size) -> str:
    """A database with so many messages; gives its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address = server.rsplit("/", 1)[0] + f"/{name}"
    run(address, "manage.py", "migrate", "--verbosity", "0")
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


def measured(address: str, rounds: int, check: bool) -> list[dict[str, Any]]:
    output = run(address, "-m", "benchmarks.pages.measure", str(rounds), *["--check"][: int(check)])
    found: list[dict[str, Any]] = json.loads(output)
    return found


def run(address: str, *arguments: str) -> str:
    environment = os.environ | {
        "DATABASE_URL": address,
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def gather(pages: Pages, more: list[dict[str, Any]]) -> None:
    for page in more:
        known = pages.setdefault(page["name"], page | {"seconds": [], "scans": []})
        known["seconds"] += page["seconds"]
        known["scans"] += page["scans"]


def report(results: dict[str, Pages]) -> int:
    """Print the table and what does not hold; gives 1 if anything does not."""
    say("\nServer time in milliseconds, at 10,000 and at 1,000,000 messages, and statements")
    say(f"{'page':30}{'p50':>9}{'p95':>9}{'p50':>9}{'p95':>9}{'ratio':>8}{'':>4}")
    failures: list[str] = []
    for name, small in results["small"].items():
        large = results["large"][name]
        (low50, low95), (high50, high95) = map(percentiles, (small, large))
        ratio, counts = high95 / low95, (small["queries"], large["queries"])
        compared = f"{ratio:8.2f}" if small["compared"] else f"{'–':>8}"
        say(f"{name:30}{low50:9.1f}{low95:9.1f}{high50:9.1f}{high95:9.1f}{compared}{counts[1]:>4}")
        if small["compared"] and ratio > RATIO_LIMIT:
            failures.append(f"{name}: p95 is {ratio:.2f} × what it is at 10,000 messages")
        if large["limit"] and high95 > large["limit"]:
            failures.append(f"{name}: p95 is {high95:.0f} ms, more than {large['limit']:.0f}")
        if counts[1] > counts[0] and small["compared"]:
            failures.append(f"{name}: {counts[0]} statements at 10,000 messages, then {counts[1]}")
        failures += [f"{name} reads a large table in full: {plan}" for plan in large["scans"]]
    say("\n" + ("\n".join(failures) or "Everything holds."))
    return int(bool(failures))


def percentiles(page: dict[str, Any]) -> tuple[float, float]:
    """The median and the 95th percentile, in milliseconds."""
    cuts = statistics.quantiles((1000 * second for second in page["seconds"]), n=20)
    return cuts[9], cuts[18]


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
