"""Run the scenarios of one environment, after starting everything that they need."""

import argparse
import asyncio
import json
import logging
import sys
import time
import traceback
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from . import stack
from .report import Row
from .scenario import Form, Scenario
from .stack import Stack


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("ground")
    parser.add_argument("folder", type=Path)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    with getattr(stack, options.ground)(options.folder) as started:
        prepare_database(started)
        asyncio.run(play(started, options))


def prepare_database(started: Stack) -> None:
    """Migrate the database, unless that is done already.

    Django is imported only now, because it reads URLs from the environment.
    """
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    for name in ("trato", "psycopg.pool"):  # for the suite's own process, not for the servers
        logging.getLogger(name).setLevel(logging.ERROR)
    if not started.is_migrated:
        call_command("migrate", verbosity=0)
    connection.close()


async def play(started: Stack, options: argparse.Namespace) -> None:
    """Run the scenarios, and write each row as soon as it is ready."""
    from .scenarios import SCENARIOS

    form = Form(long=options.long)
    with (options.folder / "rows").open("w") as rows:
        for scenario in SCENARIOS:
            in_form = form.long or scenario.in_short or options.words
            named = not options.words or any(word in scenario.name for word in options.words)
            if scenario.ground != options.ground or not in_form or not named:
                continue
            since = time.monotonic()
            async for row in rows_of(scenario, started, form):
                row.seconds, since = time.monotonic() - since, time.monotonic()
                rows.write(json.dumps(asdict(row)) + "\n")
                rows.flush()
                say(row)


async def rows_of(scenario: Scenario, started: Stack, form: Form) -> AsyncIterator[Row]:
    """Yield a scenario's rows. If it doesn't finish, it is red; the next starts from scratch."""
    try:
        async for row in scenario.play(started, form):
            yield row
    except Exception as error:
        traceback.print_exc()
        yield Row(scenario.name, complaints=[f"ended early: {type(error).__name__} {error}"])
        await asyncio.to_thread(started.repair)


def say(row: Row) -> None:
    colour = "RED" if row.complaints else "green"
    text = f"{row.name}: {colour}, {row.n} sent, {row.seconds:.0f} s. {row.extra}"
    print("\n  ".join([text, *row.complaints]), file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
