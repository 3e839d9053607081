"""Names in documents, docstrings and scripts' comments exist."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = {path.name for path in ROOT.iterdir()}
PACKAGES = (
    "accounts", "benchmarks", "catalog", "config", "deploy", "messaging", "notifications",
    "tests", "trato",
)  # fmt: skip
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "STYLE.md", *ROOT.glob("docs/**/*.md")])
SOURCES = sorted(path for name in PACKAGES for path in ROOT.glob(f"{name}/**/*.py"))
SCRIPTS = sorted(ROOT.glob("static/js/**/*.js"))
PATH = re.compile(r"`([\w.-]+/[\w./-]*)`")
DOTTED = re.compile(r"`([A-Za-z_]\w*(?:\.\w+)+)(?:\(\))?`")
FILE = re.compile(r"\.(py|js|html|css|md)$")


def docstrings(path: Path) -> str:
    """Return all docstrings of a module, concatenated."""
    nodes = [node for node in ast.walk(tree(path)) if isinstance(node, Documented)]
    return "\n".join(ast.get_docstring(node) or "" for node in nodes)


def comments(path: Path) -> str:
    """Return all comments of a script."""
    return "\n".join(re.findall(r"//.*|/\*.*?\*/", path.read_text(), re.DOTALL))


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def texts() -> Iterator[tuple[str, str]]:
    """Yield everything that explains something: where it is, and what it says."""
    for files, read in ((DOCUMENTS, Path.read_text), (SOURCES, docstrings), (SCRIPTS, comments)):
        for path in files:
            yield str(path.relative_to(ROOT)), read(path)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def names_in(node: ast.AST) -> set[str]:
    """Return the names in a module, a class or its instances."""
    names = set()
    for one in ast.walk(node):
        match one:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                names.add(one.name)
            case ast.Name(ctx=ast.Store()):
                names.add(one.id)
            case ast.Attribute(ctx=ast.Store()):
                names.add(one.attr)
            case ast.alias():
                names.add((one.asname or one.name).split(".")[-1])
    return names


@cache
def modules() -> dict[str, set[str]]:
    """Return each module's names, by all ends of its dotted name: `sending.batcher` and `batcher`.

    A package includes its modules' names.
    """
    has: dict[str, set[str]] = {}
    for path in SOURCES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        for start in range(len(parts)):
            has.setdefault(".".join(parts[start:]), set()).update(names_in(tree(path)))
            for end in range(start + 1, len(parts)):
                has.setdefault(".".join(parts[start:end]), set()).add(parts[end])
    return has


@cache
def strings() -> set[str]:
    """Return all strings of the program: a dotted name may be an event's type, `access.changed`."""
    return {
        node.value
        for path in SOURCES
        if path != Path(__file__)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@cache
def files() -> set[str]:
    return {
        path.name for path in [*SOURCES, *SCRIPTS, *ROOT.glob("templates/**/*"), *ROOT.iterdir()]
    }


@cache
def classes() -> dict[str, set[str]]:
    """Return the names in each class and its bases."""
    nodes = [
        node for path in SOURCES for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)
    ]
    has: dict[str, set[str]] = {}
    for node in nodes:
        has.setdefault(node.name, set()).update(names_in(node))
    for _ in range(4):  # the depth of inheritance
        for node in nodes:
            for base in re.findall(r"\w+", " ".join(map(ast.unparse, node.bases))):
                has[node.name] |= has.get(base, set())
    return has


def is_there(dotted: str) -> bool:
    """Whether one of our classes or modules has that name; unknown for others'."""
    first, *rest = dotted.split(".")
    if FILE.search(dotted):
        return dotted in files()
    if dotted in strings():
        return True
    if first in classes():
        return rest[0] in classes()[first]
    if first in PACKAGES and rest[0] in classes():  # a model's label, `accounts.User`
        return True
    for end in range(len(rest), 0, -1):
        owner = ".".join([first, *rest[: end - 1]])
        if owner in modules():
            return rest[end - 1] in modules()[owner]
    return True


def test_every_file_that_is_named_exists() -> None:
    missing = [
        f"{where}: {name}"
        for where, text in texts()
        for name in PATH.findall(text)
        if name.split("/")[0] in TOP and not (ROOT / name).exists()
    ]
    assert missing == []


def test_every_name_of_ours_that_is_named_exists() -> None:
    missing = [
        f"{where}: {name}"
        for where, text in texts()
        for name in DOTTED.findall(text)
        if not is_there(name)
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        ("ChatConsumer.receive", True),
        ("ChatConsumer.route", False),
        ("sending.batcher", True),
        ("sending.gatherer", False),
        ("messaging.pipeline.CHECKS", True),
        ("pipeline.CHEKCS", False),
        ("frames.py", True),
        ("wire.py", False),
        ("json.loads", True),
    ],
)
def test_a_planted_name_is_noticed(name: str, exists: bool) -> None:
    assert is_there(name) is exists


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []
