"""Run the scenarios and print the table; exit with an error if one is red."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import report
from .report import Row

PAGE = Path(__file__).resolve().parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- make faults: begin -->\n", "<!-- make faults: end -->\n"
GROUNDS = ("postgresql_and_redis", "sqlite")


def main() -> int:
    """Run each environment in a separate process, because Django has one database."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("words", nargs="*", help="only scenarios whose names have one of these")
    parser.add_argument("--long", action="store_true", help="all that `make faults` does")
    parser.add_argument("--keep", type=Path, help="a folder for logs of servers and clients")
    parser.add_argument("--record", action="store_true", help=f"put the table into {PAGE.name}")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C
    started = time.monotonic()
    rows, ended_well = play(options)
    form = "long" if options.long else "short"
    text = f"Faults, {form} form, {time.monotonic() - started:.0f} s, {machine()}"
    text += f"\n\n{report.table(rows)}"
    say(f"\n{text}")
    if options.record:
        record(text)
    red = [row for row in rows if row.complaints]
    say("")
    for row in red:
        say(f"FAILED {row.name}: {row.complaints[0]}")
    say(f"{len(rows)} scenarios, {len(red)} red")
    return int(not ended_well or not rows or bool(red))


def play(options: argparse.Namespace) -> tuple[list[Row], bool]:
    """Return the rows, and whether every scenario was finished."""
    rows: list[Row] = []
    ended_well = True
    with tempfile.TemporaryDirectory(prefix="trato-faults-") as name:
        kept = options.keep or Path(name)
        for ground in GROUNDS:
            folder = kept / ground
            folder.mkdir(parents=True)
            for path in (kept, folder):
                path.chmod(0o711)  # PostgreSQL runs as another user, who needs to enter
            command = [sys.executable, "-m", "tests.faults.play"]
            command += ["--long", ground, str(folder)] if options.long else [ground, str(folder)]
            environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
            ended_well &= run([*command, *options.words], environment) == 0
            lines = folder / "rows"
            if lines.exists():
                rows += [Row(**json.loads(line)) for line in lines.read_text().splitlines()]
    return rows, ended_well


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run a child process; if we are stopped, it and its servers are stopped first."""
    # In its own session, so that Ctrl-C only reaches us and is passed on once.
    child = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.send_signal(signal.SIGINT)
        child.wait()
        raise


def machine() -> str:
    """Describe the machine and its load: a load above the number of cores makes times too long."""
    return f"{os.cpu_count()} cores, load at the end {os.getloadavg()[1]:.1f}"


def record(text: str) -> None:
    """Write a run into its document."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{text}\n{END}{after}")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
