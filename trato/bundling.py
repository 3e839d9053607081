"""Bundle several ES modules into one file to fetch.

`bundles.toml`, next to the modules, lists the bundles. The import map maps every module in a bundle
to its file, which exports everything that they export. So a bundle should contain modules that are
needed together.
"""

import re
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

PREFIX = "trato/"  # how a module imports another one: the other file's name, without folders
IMPORT = re.compile(rf'^import (?:([^"]*) from )?"{PREFIX}([\w-]+)";\n', re.MULTILINE)
NAMED = re.compile(r"^(export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)


def script_path(bundle_name: str) -> str:
    """Return the path below `STATIC_URL` from which browsers fetch a bundle of modules."""
    return f"js/bundles/{bundle_name}.js"


def bundles(folder: Path) -> dict[str, list[Path]]:
    """Return the module files of each bundle.

    Args:
        folder: the folder with `bundles.toml`, which names folders, with a trailing slash, and
            modules by their paths from there. Without that file there are no bundles.

    Raises:
        ValueError: a bundle has a module that does not exist, or that is in another bundle too.
    """
    table = folder / "bundles.toml"
    if not table.exists():
        return {}
    files = {
        name: [file for part in parts for file in _files(folder, part)]
        for name, parts in tomllib.loads(table.read_text()).items()
    }
    every = [file for some in files.values() for file in some]
    if twice := {file.stem for file in every if every.count(file) > 1}:
        raise ValueError(f"in two bundles: {', '.join(sorted(twice))}")
    return files


def _files(folder: Path, part: str) -> list[Path]:
    pattern = f"{part}*.js" if part.endswith("/") else f"{part}.js"
    files = sorted(folder.glob(pattern))
    if not files:
        raise ValueError(f"there is no module {part}")
    return files


def bundle(name: str, files: Collection[Path]) -> str:
    """Concatenate modules in one scope, each after the modules that it needs.

    Raises:
        ValueError: two modules define the same name at their top level.
    """
    texts = {file.stem: file.read_text() for file in files}
    imports: dict[str, set[str]] = {}  # from other bundles: module → names
    others: set[str] = set()  # other forms of imports from other bundles
    parts = []

    def replace(statement: re.Match[str]) -> str:
        names, module = statement.groups()
        is_namespace = bool(names) and names.startswith("* as ")
        if module in texts:
            exports = [name for exported, name in NAMED.findall(texts[module]) if exported]
            return f"const {names[5:]} = {{ {', '.join(exports)} }};\n" if is_namespace else ""
        if names and not is_namespace:
            imports.setdefault(module, set()).update(re.split(r"[{},\s]+", names.strip("{} \n")))
        else:
            others.add(statement[0])
        return ""

    for stem in _in_order(texts):
        parts.append(IMPORT.sub(replace, texts[stem]))
    head = [
        f'import {{ {", ".join(sorted(names))} }} from "{PREFIX}{module}";\n'
        for module, names in sorted(imports.items())
    ]
    body = "\n".join(parts)
    named = [name for _, name in NAMED.findall(body)]
    named += [name for names in imports.values() for name in names]
    if twice := {name for name in named if named.count(name) > 1}:
        raise ValueError(f"{name}: named twice among its modules: {', '.join(sorted(twice))}")
    return "".join([*head, *sorted(others), body])


def _in_order(texts: dict[str, str]) -> Iterator[str]:
    """Sort modules so that each comes after the modules in the bundle that it imports."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in done:
            return
        done.add(name)
        for _, needed in IMPORT.findall(texts[name]):
            if needed in texts:
                yield from visit(needed)
        yield name

    for name in sorted(texts):
        yield from visit(name)
