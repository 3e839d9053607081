"""Every package has a place in the layers, and code for any shop doesn't name this shop's apps.

import-linter only sees imports between the packages in its configuration. It sees neither a package
that is missing there nor an app's name in a string, such as a migration's "catalog.product".
"""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests import one_database

ROOT = Path(__file__).resolve().parents[1]
ON_SQLITE = (*one_database.ON_SQLITE, *one_database.MOSTLY_ON_SQLITE)
ON_POSTGRESQL = (*one_database.ON_POSTGRESQL, *one_database.MOSTLY_ON_POSTGRESQL)
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
# Names that some places must not contain, even outside of imports.
ABOVE = {
    "accounts|catalog": (
        "messaging", "notifications", "trato", "static/js", "templates/messaging",
        "templates/notifications", "templates/admin/messaging", "templates/admin/reason.html",
        "templates/_toasts.html", "templates/_older_newer.html",
    ),
    "messaging": ("notifications", "trato", "accounts"),
    "notifications": ("trato",),
}  # fmt: skip
LINES_MAX = 300
KINDS = (".py", ".html", ".jinja", ".js", ".toml", ".txt", ".sql")


def named(apps: str) -> re.Pattern[str]:
    """Return the pattern of an app's name in a string, or in an import in a string.

    `catalog.Product`, `"accounts_user"`, `catalog:home`, `load accounts`; not `pg_catalog.simple`.
    """
    return re.compile(rf"""(?<![a-z_])({apps})([._:/]\w|["'])|import ({apps})\b""")


def files(place: str) -> list[Path]:
    """Return all files in a folder, or the file itself."""
    path = ROOT / place
    assert path.exists(), place
    return sorted(one for one in (path.rglob("*") if path.is_dir() else [path]) if one.is_file())


def test_every_package_has_a_place_in_the_layers() -> None:
    layers = next(one["layers"] for one in LINTER["contracts"] if "containers" not in one)
    placed = {name for layer in layers for name in re.findall(r"\w+", layer)}
    packages = {path.parent.name for path in ROOT.glob("[!.]*/*.py")}
    assert packages == placed == set(LINTER["root_packages"])


def test_every_feature_has_a_contract_for_its_own_modules() -> None:
    """A contract is exhaustive only for the folders that it lists."""
    contracts = [one.get("containers", []) for one in LINTER["contracts"]]
    listed = {name for containers in contracts for name in containers}
    features = {f"messaging.{path.parent.name}" for path in ROOT.glob("messaging/*/__init__.py")}
    no_features = {
        f"messaging.{name}" for name in ("demo", "management", "migrations", "templatetags")
    }
    assert features - no_features - listed == set()


@pytest.mark.parametrize("apps", ABOVE)
def test_nothing_names_an_app_above_it(apps: str) -> None:
    pattern = named(apps)
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for place in ABOVE[apps]
        for path in files(place)
        if path.suffix in KINDS
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not lines


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ('to="catalog.product",', True),
        ('("accounts_user", "name")', True),
        ("{% url 'catalog:products' %}", True),
        ("perms.accounts.view_user", True),
        ("from accounts.models import User", True),
        ('("catalog", "0001_initial")', True),
        ("RETURN to_tsvector('pg_catalog.simple'::regconfig, body);", False),
        ("Read sessions, accounts and groups of some sockets.", False),
    ],
)
def test_a_planted_name_is_found(line: str, is_found: bool) -> None:
    assert bool(named("accounts|catalog").search(line)) is is_found


def test_names_say_what_was_found() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ROOT.glob("[!.]*/**/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Name) and node.id == "found")
        or (isinstance(node, ast.arg) and node.arg == "found")
    ] == []


def test_no_test_module_imports_from_another() -> None:
    tests = {path.stem for path in files("tests") if path.name.startswith("test_")}
    imported = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files("tests")
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and tests & set((node.module or "").split("."))
    ]
    assert not imported


def test_what_runs_on_one_database_alone_exists() -> None:
    """A moved test that is still listed under its old name would run twice."""
    assert [path for path in (*ON_SQLITE, *ON_POSTGRESQL) if not (ROOT / path).exists()] == []


def test_what_runs_on_one_database_runs_on_the_other_never() -> None:
    """A test in both lists would run nowhere."""
    both = [
        (one, other)
        for one in ON_SQLITE
        for other in ON_POSTGRESQL
        if Path(one) == Path(other)
        or Path(one) in Path(other).parents
        or Path(other) in Path(one).parents
    ]
    assert both == []


@pytest.mark.parametrize(
    ("paths", "skipped"),
    [
        (ON_SQLITE, r'vendor (!= "postgresql"|== "sqlite")'),
        (ON_POSTGRESQL, r'vendor (!= "sqlite"|== "postgresql")'),
    ],
    ids=["SQLite", "PostgreSQL"],
)
def test_what_runs_on_one_database_needs_not_the_other(
    paths: tuple[str, ...], skipped: str
) -> None:
    """A test that is skipped on the only database that runs it would run nowhere."""
    skips = re.compile(
        rf"skipif\(\s*connection\.{skipped}|if connection\.{skipped}:\s+pytest\.skip"
    )
    modules = [
        module
        for path in map(ROOT.joinpath, paths)
        for module in ([path] if path.is_file() else path.rglob("test_*.py"))
    ]
    assert [str(module) for module in modules if skips.search(module.read_text())] == []


def test_no_module_is_too_long() -> None:
    """STYLE.md: at most 300 lines. Tests may be longer, and migrations are generated."""
    packages = sorted(set(LINTER["root_packages"]) - {"tests"})
    paths = (path for name in packages for path in ROOT.glob(f"{name}/**/*.py"))
    too_long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in paths
        if "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > LINES_MAX
    ]
    assert too_long == []
