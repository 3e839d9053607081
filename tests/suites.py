"""The suites of `make test`: what each runs, and what it needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import one_database
from .whole import WHOLE

ROOT = Path(__file__).resolve().parents[1]
BROWSER = "tests/browser"
OUTAGES = "tests/outages"
CLUSTER = "tests/cluster"
HOST = "tests/host"
MESSAGING = "tests/messaging"
HALF = ("tests/staff", "tests/trato", "tests/operations")  # of what is not messaging
APART = (OUTAGES, CLUSTER, BROWSER, HOST)
CHECKED = ("tests/test_layout.py", "tests/test_requirements.py")  # by `make check`
SERVERS = ("postgres", "initdb", "redis-server")


@dataclass
class Suite:
    """One run of pytest, or of another module."""

    name: str
    arguments: list[str]
    module: str = "pytest"
    settings: str = "config.settings.test"
    environment: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    output: Path = Path()
    seconds: float = 0
    failed: bool = False
    ran: bool = False
    closing: str = ""
    broken: list[str] = field(default_factory=list)

    @property
    def takes_servers(self) -> bool:
        """Whether it gets PostgreSQL and Redis from us; others start their own or need none."""
        return self.name.startswith(("PostgreSQL", "Browser", "Another shop, PostgreSQL"))

    @property
    def starts_servers(self) -> bool:
        """Whether it starts servers itself, with copies of the templates."""
        return self.name in ("Faults", "Outages")

    @property
    def copies_file(self) -> bool:
        """Whether it begins with a copy of the template's file."""
        return self.name.startswith("SQLite")


def has_servers(missing: list[str]) -> bool:
    return not set(SERVERS) & set(missing)


def suites_for(arguments: list[str], missing: list[str]) -> list[Suite]:
    """Return the suites for pytest's arguments, longest first, and faults, which mostly wait.

    The faults are not pytest tests, so they only run without arguments.

    Args:
        missing: programs that are not installed. Without PostgreSQL, all tests run on SQLite.
    """
    paths = [word for word in arguments if word.startswith("tests")]
    options = ["--quiet", *(word for word in arguments if word not in paths)]
    paths = paths or ["tests", *APART]
    of = {folder: [path for path in paths if path.startswith(folder)] for folder in APART}
    others = [path for path in paths if not path.startswith(APART)]
    words = [*others, *(f"--ignore={folder}" for folder in APART), *options]
    servers = has_servers(missing)
    is_whole = others == ["tests"] and servers
    on_sqlite, on_postgresql = on_one_database() if is_whole else ((), ())
    # Without the other tests' fixtures, whose apps are not installed there.
    host = [*of[HOST], f"--confcutdir={HOST}", *options]
    suites = {
        "Faults": not arguments
        and Suite("Faults", [], module="tests.faults", needs=(*SERVERS, "nginx")),
        **{
            name: files and Suite(name, [*files, *options], needs=("chromium",))
            for name, files in browser_suites(of[BROWSER]).items()
        },
        CLUSTER: of[CLUSTER]
        and Suite("Cluster", [*of[CLUSTER], *options], needs=(*SERVERS, "nginx", "curl")),
        **{
            name: others and Suite(name, paths, needs=SERVERS)
            for name, paths in in_parts("PostgreSQL and Redis", words, on_sqlite).items()
        },
        **{
            name: others and Suite(name, paths)
            for name, paths in in_parts("SQLite and memory", words, on_postgresql).items()
        },
        OUTAGES: of[OUTAGES] and Suite("Outages", [*of[OUTAGES], *options], needs=SERVERS),
        "Another shop, PostgreSQL": of[HOST]
        and Suite("Another shop, PostgreSQL", host, settings="tests.host.settings", needs=SERVERS),
        "Another shop, SQLite": of[HOST]
        and Suite(
            "Another shop, SQLite",
            # Its browsers get the same pages from either database.
            [*host, *([f"--ignore={HOST}/test_browser.py"] if servers else [])],
            settings="tests.host.settings",
        ),
    }
    return [suite for suite in suites.values() if suite]


def on_one_database() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paths that only SQLite runs, and those that only PostgreSQL runs."""
    on_sqlite: tuple[str, ...] = one_database.ON_SQLITE
    on_postgresql: tuple[str, ...] = one_database.ON_POSTGRESQL
    if not WHOLE:
        on_sqlite += one_database.MOSTLY_ON_SQLITE
        on_postgresql += one_database.MOSTLY_ON_POSTGRESQL
    return (*on_sqlite, *CHECKED), (*on_postgresql, *CHECKED)


def in_parts(name: str, words: list[str], elsewhere: Sequence[str]) -> dict[str, list[str]]:
    """Return the tests on one database in parts, for the same reason as `browser_suites`.

    Few tests that are not about messaging run on PostgreSQL.

    Args:
        elsewhere: paths that run on the other database.
    """
    if words[:1] != ["tests"]:
        return {name: words}
    folder = ROOT / MESSAGING
    paths = sorted(
        {path.parent for path in folder.glob("*/test_*.py")} | set(folder.glob("test_*"))
    )
    tests = [str(path.relative_to(ROOT)) for path in paths]
    # pytest heeds `--ignore` only for what it finds itself.
    tests = [path for path in tests if path not in elsewhere]
    ignored = [*words[1:], *(f"--ignore={path}" for path in elsewhere)]
    without = [f"--ignore={folder}" for folder in (MESSAGING, *HALF)]
    rest = {"the rest 1": [*HALF, *ignored], "the rest 2": ["tests", *without, *ignored]}
    if name.startswith("PostgreSQL"):
        rest = {"the rest": ["tests", f"--ignore={MESSAGING}", *ignored]}
    return {
        **{f"{name}, {part}": paths for part, paths in rest.items()},
        f"{name}, messaging 1": [*tests[::2], *ignored],
        f"{name}, messaging 2": [*tests[1::2], *ignored],
    }


def browser_suites(paths: list[str]) -> dict[str, list[str]]:
    """Return the browser tests in two halves: one suite would take longer than all others."""
    if paths != [BROWSER]:
        return {"Browser": paths}
    # By size, so that the halves are alike.
    by_size = sorted((ROOT / BROWSER).glob("test_*.py"), key=lambda path: -path.stat().st_size)
    files = [str(path.relative_to(ROOT)) for path in by_size]
    return {"Browser, first half": files[::2], "Browser, second half": files[1::2]}
