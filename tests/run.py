"""`make test`: the whole suite on everything that this machine has, and what was left out.

1. all but the tests below, on SQLite and the in-memory channel layer,
2. beside it the same, on a private PostgreSQL and a private Redis,
3. beside it the outages, each on a PostgreSQL and a Redis that the tests take away,
4. the browser tests, on PostgreSQL, Redis and two server processes,
5. what holds through nginx, on a cluster of its own,
6. beside it the short form of the faults, on servers of its own.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests import services

ROOT = Path(__file__).resolve().parents[1]
BROWSER = "tests/browser"
OUTAGES = "tests/outages"
CLUSTER = "tests/cluster"
APART = (OUTAGES, CLUSTER, BROWSER)
PATIENCE = 600  # seconds that one suite may take
NO_TESTS_COLLECTED = 5  # pytest's exit code
SERVERS = ("postgres", "initdb", "redis-server")


@dataclass
class Suite:
    """One run of pytest, or of another module."""

    name: str
    arguments: list[str]
    module: str = "pytest"
    environment: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    seconds: float = 0
    failed: bool = False
    ran: bool = False
    closing: str = ""


def main(arguments: list[str]) -> int:
    """Run all that can be run; 0 if nothing failed."""
    # As Ctrl-C, so that whatever was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    install_what_is_missing()
    missing = missing_programs()
    stages = suites_for(arguments)
    suites = [suite for stage in stages for suite in stage]
    with tempfile.TemporaryDirectory(prefix="trato-tests-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user and has to get through
        with servers(folder, missing) as addresses:
            for suite in suites:
                suite.environment = environment_of(suite, folder, addresses)
            for stage in stages:
                run(stage, missing, folder)
    print_report(suites, missing)
    return int(any(suite.failed for suite in suites) or bool(missing and in_ci()))


def in_ci() -> bool:
    return os.environ.get("CI") == "true"


def missing_programs() -> list[str]:
    return [program for program in services.PACKAGES if services.find(program) is None]


def install_what_is_missing() -> None:
    """As root on Debian, fetch the missing programs as packages; elsewhere do nothing."""
    missing = missing_programs()
    if not missing or os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return
    packages = {name for program in missing for name in services.PACKAGES[program].split()}
    # The run level keeps the packages from starting services of their own.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *sorted(packages)]):
        if subprocess.run(["apt-get", "--quiet", *words], env=environment, check=False).returncode:
            say(f"apt-get {words[0]} failed; going on without {', '.join(missing)}.")
            return


def suites_for(arguments: list[str]) -> list[list[Suite]]:
    """The suites that pytest's arguments are about, in stages.

    The suites of a stage share the machine. The browser measures what a person waits, so it has it
    alone; cluster and faults mostly wait themselves. The faults are no tests of pytest and go with
    no arguments of it.
    """
    paths = [word for word in arguments if word.startswith("tests")]
    options = ["--quiet", *(word for word in arguments if word not in paths)]
    paths = paths or ["tests", *APART]
    of = {folder: [path for path in paths if path.startswith(folder)] for folder in APART}
    others = [path for path in paths if not path.startswith(APART)]
    together: list[Suite] = []
    if others:
        words = [*others, *(f"--ignore={folder}" for folder in APART), *options]
        together.append(Suite("SQLite and memory", words))
        together.append(Suite("PostgreSQL and Redis", words, needs=SERVERS))
    if of[OUTAGES]:
        together.append(Suite("Outages", [*of[OUTAGES], *options], needs=SERVERS))
    beside: list[Suite] = []
    if of[CLUSTER]:
        words = [*of[CLUSTER], *options]
        beside.append(Suite("Cluster", words, needs=(*SERVERS, "nginx", "curl")))
    if not arguments:
        beside.append(Suite("Faults", [], module="tests.faults", needs=(*SERVERS, "nginx")))
    alone: list[Suite] = []
    if of[BROWSER]:
        alone.append(Suite("Browser", [*of[BROWSER], *options], needs=("chromium",)))
    return [stage for stage in (together, alone, beside) if stage]


@contextlib.contextmanager
def servers(folder: Path, missing: list[str]) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis where both are there; gives their addresses as environment."""
    if set(SERVERS) & set(missing):
        yield {}
        return
    with (
        services.postgresql(folder) as database,
        services.redis_server(folder) as broker,
    ):
        yield {"DATABASE_URL": database.address, "REDIS_URL": broker.address}


def environment_of(suite: Suite, folder: Path, addresses: dict[str, str]) -> dict[str, str]:
    own = folder / suite.name.lower().replace(" ", "-")
    own.mkdir()
    memory = {"DATABASE_URL": f"sqlite:///{own}/unused.sqlite3", "REDIS_URL": ""}
    wants_servers = suite.needs != ()
    return {
        **os.environ,
        **(addresses if addresses and wants_servers else memory),
        "TEST_DATABASE_NAME": str(own / "test.sqlite3"),
        "MEDIA_ROOT": str(own / "media"),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }


def run(suites: list[Suite], missing: list[str], folder: Path) -> None:
    """Run suites beside each other, print each one's output when it has ended."""
    ready = [suite for suite in suites if not set(suite.needs) & set(missing)]
    started = [(suite, start(suite, folder), time.monotonic()) for suite in ready]
    for suite, process, since in started:
        try:
            code = process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
            say(f"{suite.name}: stopped after {PATIENCE} s.")
        suite.ran, suite.seconds = True, time.monotonic() - since
        suite.failed = code not in (0, NO_TESTS_COLLECTED)
        output = output_of(suite, folder).read_text(errors="replace")
        suite.closing = output.strip().rsplit("\n", 1)[-1].strip("= ")
        say(f"\n== {suite.name} ==\n{output}")


def start(suite: Suite, folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", suite.module, *suite.arguments]
    with output_of(suite, folder).open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=suite.environment, stdout=output, stderr=subprocess.STDOUT
        )


def output_of(suite: Suite, folder: Path) -> Path:
    return folder / f"{suite.name.replace(' ', '-')}.txt"


def print_report(suites: list[Suite], missing: list[str]) -> None:
    say("\nWhat ran:")
    for suite in suites:
        lacking = sorted(set(suite.needs) & set(missing))
        result = suite.closing if suite.ran else f"SKIPPED: no {', '.join(lacking)} here"
        say(f"  {suite.name:24}{result}")
    for program in missing:
        say(f"  not found: {program} (Debian package: {services.PACKAGES[program]})")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
