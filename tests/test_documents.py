"""Names in documents, docstrings and scripts' comments exist."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Source:
    """A module: its docstrings, names and strings, and its classes' names and bases."""

    docstrings: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    classes: list[tuple[ast.ClassDef, set[str]]] = field(default_factory=list)


@cache
def source(path: Path) -> Source:
    """Read a module, each node of its tree once."""
    read = Source()

    def look(node: ast.AST, owners: tuple[set[str], ...]) -> None:
        """Collect a node's contents; its names also belong to the classes around it."""
        inside = owners
        match node:
            case ast.ClassDef(name=name):
                names = {name}
                read.classes.append((node, names))
                inside = (*owners, names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                pass
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                pass
            case ast.alias(name=whole, asname=other):
                name = (other or whole).split(".")[-1]
            case ast.Constant(value=str(text)):
                read.strings.add(text)
                return
            case _:
                name = ""
        for names in owners if name else ():
            names.add(name)
        if isinstance(node, Documented):
            read.docstrings.append(ast.get_docstring(node) or "")
        for child in ast.iter_child_nodes(node):
            look(child, inside)

    look(ast.parse(path.read_text()), (read.names,))
    return read


def docstrings(path: Path) -> str:
    """Return all docstrings of a module, concatenated."""
    return "\n".join(source(path).docstrings)


def comments(path: Path) -> str:
    """Return all comments of a script."""
    return "\n".join(re.findall(r"//.*|/\*.*?\*/", path.read_text(), re.DOTALL))


def texts() -> Iterator[tuple[str, str]]:
    """Yield everything that explains something: where it is, and what it says."""
    for files, read in ((DOCUMENTS, Path.read_text), (SOURCES, docstrings), (SCRIPTS, comments)):
        for path in files:
            yield str(path.relative_to(ROOT)), read(path)


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
            has.setdefault(".".join(parts[start:]), set()).update(source(path).names)
            for end in range(start + 1, len(parts)):
                has.setdefault(".".join(parts[start:end]), set()).add(parts[end])
    return has


@cache
def strings() -> set[str]:
    """Return all strings of the program: a dotted name may be an event's type, `access.changed`."""
    return {text for path in SOURCES if path != Path(__file__) for text in source(path).strings}


@cache
def files() -> set[str]:
    return {
        path.name for path in [*SOURCES, *SCRIPTS, *ROOT.glob("templates/**/*"), *ROOT.iterdir()]
    }


@cache
def classes() -> dict[str, set[str]]:
    """Return the names in each class and its bases."""
    own = [one for path in SOURCES for one in source(path).classes]
    has: dict[str, set[str]] = {}
    for node, names in own:
        has.setdefault(node.name, set()).update(names)
    bases = [
        (node.name, re.findall(r"\w+", " ".join(map(ast.unparse, node.bases)))) for node, _ in own
    ]
    for _ in range(4):  # the depth of inheritance
        for name, parents in bases:
            for parent in parents:
                has[name] |= has.get(parent, set())
    return has


def is_there(dotted: str) -> bool:
    """Whether one of our classes or modules has that name; True for names of others."""
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
