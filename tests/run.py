"""`make test`: run the suite with everything that this machine has, and name what is missing.

`make test-all` also runs what `tests.whole` leaves out, and so does `make test` for selected tests.

- PostgreSQL and Redis: all tests except those below,
- SQLite and memory: tests that may differ there, or need not run on PostgreSQL,
- Browser, in two halves: two people in real browsers, on two server processes,
- Outages: with a PostgreSQL and a Redis that the tests stop,
- Faults: the short form of `make faults`,
- Cluster: tests through nginx,
- Another shop: messaging in a second Django project, on either database, and in browsers.

Some run in parallel, each with its own servers; no test measures time, so this does no harm.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deploy import programs, services

from . import template
from .suites import ROOT, Suite, has_servers, suites_for

# Each suite sometimes waits for the processes that it starts, so six keep two cores busy.
AT_ONCE = 6
HANGS = 3600  # seconds after which a suite is killed; even a slow machine needs far less
NO_TESTS_COLLECTED = 5  # pytest's exit code
SUMMARY = re.compile(r"\d+ (?:passed|failed|skipped|errors?|scenarios)\b|no tests ran")


def main(arguments: list[str]) -> int:
    """Run all suites that this machine can run; return 0 if nothing failed."""
    # Treat it like Ctrl-C, so that everything started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    install_what_is_missing()
    missing = missing_programs()
    suites = suites_for(arguments, missing)
    with (
        tempfile.TemporaryDirectory(prefix="trato-tests-") as name,
        contextlib.ExitStack() as stack,
    ):
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user, who needs to enter
        templates = template.prepare(
            folder,
            stack,
            on_postgresql=any(suite.takes_servers for suite in suites) and has_servers(missing),
            on_sqlite=any(suite.copies_file for suite in suites),
        )
        for suite in suites:
            own = folder / suite.name.lower().replace(" ", "-")
            own.mkdir(mode=0o711)
            suite.output = own / "output.txt"
            suite.environment = environment_of(
                suite, own, templates, stack, is_chosen=bool(arguments)
            )
        run(suites, missing)
    print_report(suites, missing)
    return int(any(suite.failed for suite in suites) or bool(missing and in_ci()))


def in_ci() -> bool:
    return os.environ.get("CI") == "true"


def missing_programs() -> list[str]:
    return [program for program in programs.PACKAGES if programs.find(program) is None]


def install_what_is_missing() -> None:
    """As root on Debian, install missing programs and better versions; otherwise do nothing."""
    missing = [name for name in programs.PACKAGES if programs.find(name, best=True) is None]
    if not missing or os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return
    packages = {programs.PACKAGES[program] for program in missing}
    # The run level keeps the packages from starting their own services.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    apt = ["apt-get", "--quiet", "-o", "Acquire::http::Timeout=10"]
    # One by one, so that a package that this Debian lacks doesn't affect the others.
    for words in (["update"], *(["install", "--no-install-recommends", name] for name in packages)):
        if subprocess.run([*apt, "--yes", *words], env=environment, check=False).returncode:
            say(f"apt-get {' '.join(words)} failed; going on without.")
            if words == ["update"]:
                return


def environment_of(
    suite: Suite,
    own: Path,
    templates: template.Templates,
    stack: contextlib.ExitStack,
    *,
    is_chosen: bool,
) -> dict[str, str]:
    """Return a suite's environment, with its own database; start a Redis if it needs one.

    Args:
        own: the suite's own folder.
        is_chosen: whether somebody asked for certain tests.
        stack: stops what was started.
    """
    addresses = {"DATABASE_URL": f"sqlite:///{own}/unused.sqlite3", "REDIS_URL": ""}
    if suite.takes_servers and templates.server:
        addresses = {
            "DATABASE_URL": f"{templates.server}/{re.sub('[^a-z0-9]+', '_', own.name)}",
            "TEST_DATABASE_TEMPLATE": template.DATABASE,
            "REDIS_URL": stack.enter_context(services.redis_server(own)).address,
        }
    elif suite.starts_servers:
        addresses |= templates.for_own_servers
    elif suite.copies_file:
        shutil.copy(templates.file, own / "test.sqlite3")
        suite.arguments.append("--reuse-db")
    return {
        **os.environ,
        **addresses,
        # Without compiled files, each suite and each server would compile everything again.
        "PYTHONDONTWRITEBYTECODE": "",
        "TEST_ALL": os.environ.get("TEST_ALL") or ("1" if is_chosen else ""),
        "TEST_DATABASE_NAME": str(own / "test.sqlite3"),
        "MEDIA_ROOT": str(own / "media"),
        "DJANGO_SETTINGS_MODULE": suite.settings,
    }


def run(suites: list[Suite], missing: list[str]) -> None:
    """Run suites in parallel until all have finished, and print each one's output when it ends."""
    waiting = [suite for suite in suites if not set(suite.needs) & set(missing)]
    running: dict[str, tuple[Suite, subprocess.Popen[bytes], float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                suite = waiting.pop(0)
                running[suite.name] = (suite, start(suite), time.monotonic())
            time.sleep(0.2)
            for suite, process, since in list(running.values()):
                suite.seconds = time.monotonic() - since
                if suite.seconds > HANGS:
                    say(f"{suite.name} hangs.")
                    process.kill()
                    process.wait()
                if process.poll() is not None:
                    del running[suite.name]
                    ended(suite, process.returncode)
    except KeyboardInterrupt:
        for _suite, process, _since in running.values():
            process.send_signal(signal.SIGINT)
        for _suite, process, _since in running.values():
            process.wait()
        raise


def start(suite: Suite) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", suite.module, *suite.arguments]
    with suite.output.open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=suite.environment, stdout=output, stderr=subprocess.STDOUT
        )


def ended(suite: Suite, code: int) -> None:
    suite.ran, suite.failed = True, code not in (0, NO_TESTS_COLLECTED)
    output = suite.output.read_text(errors="replace")
    lines = output.strip().split("\n")
    # Something may be logged after the summary, when the process ends.
    closing = next((line for line in reversed(lines) if SUMMARY.search(line)), lines[-1])
    suite.closing = closing.strip("= ")
    suite.broken = re.findall("^(?:FAILED|ERROR) .*", output, re.MULTILINE)
    say(f"\n== {suite.name}, {suite.seconds:.0f} s ==\n{output}")


def print_report(suites: list[Suite], missing: list[str]) -> None:
    say("\nWhat ran:")
    for suite in suites:
        lacking = sorted(set(suite.needs) & set(missing))
        result = suite.closing if suite.ran else f"SKIPPED: no {', '.join(lacking)} here"
        say(f"  {suite.name:34}{result}")
        for line in suite.broken:
            say(f"    {line}")
    for program in missing:
        say(f"  not found: {program} (Debian package: {programs.PACKAGES[program]})")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
