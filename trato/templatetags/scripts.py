"""The page's modules: the import map, and which of them the browser shall fetch at once."""

import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from trato.bundling import IMPORT, PREFIX

register = template.Library()

P = ParamSpec("P")
T = TypeVar("T")


@register.simple_tag(takes_context=True)
def import_map(context: Context) -> SafeString:
    """All modules of the site by their names.

    Raises:
        ValueError: two files have one name.
    """
    nonce = getattr(context.get("request"), "csp_nonce", "")
    return format_html('<script type="importmap" nonce="{}">{}</script>', nonce, _import_map())


@register.simple_tag(takes_context=True)
def preload_modules(context: Context, *names: str) -> SafeString:
    """Have the browser fetch modules and all that they import at once, not level by level.

    Args:
        names: of modules, as in the import map. Files that the page names already are left out.
    """
    done: set[str] = cast(Any, context.render_context).setdefault("preloaded", set())
    new = [path for path in _paths(names) if path not in done]
    done.update(new)
    return _links(tuple(new))


def _read_once(function: Callable[P, T]) -> Callable[P, T]:
    """Call a function once for all, or each time while somebody works on the files."""
    known = cast("Callable[P, T]", cache(function))

    def read(*args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs) if settings.DEBUG else known(*args, **kwargs)

    return read


@_read_once
def _paths(names: tuple[str, ...]) -> list[str]:
    """What browsers fetch for modules and for those that they import."""
    modules = _modules()
    return list(dict.fromkeys(modules[name] for name in _with_imports(names)))


@_read_once
def _links(paths: tuple[str, ...]) -> SafeString:
    links = ((static(path),) for path in paths)
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', links)


def _with_imports(names: Iterable[str]) -> list[str]:
    """Modules and whatever they import, each once."""
    graph = _imports()
    wanted: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in wanted:
            wanted[name] = None
            waiting += graph[name]
    return list(wanted)


@_read_once
def _modules() -> dict[str, str]:
    """By each module's name, the path of the file or bundle that browsers fetch for it."""
    folder = _folder()
    fetched = {
        file: file if file.parent.parent == folder else file.parent.with_suffix(".js")
        for file in _files()
    }
    paths: dict[str, str] = {}
    for file, path in fetched.items():
        if file.stem in paths:
            raise ValueError(f"two modules are named {file.stem}")
        paths[file.stem] = f"js/{path.relative_to(folder)}"
    return paths


def _folder() -> Path:
    return Path(str(finders.find("js/site.js"))).parent


def _files() -> list[Path]:
    return [*sorted(_folder().glob("*/*.js")), *sorted(_folder().glob("*/*/*.js"))]


@_read_once
def _imports() -> dict[str, list[str]]:
    """What each module imports."""
    return {file.stem: [name for _, name in IMPORT.findall(file.read_text())] for file in _files()}


@_read_once
def _import_map() -> SafeString:
    names = {f"{PREFIX}{name}": static(path) for name, path in _modules().items()}
    text = json.dumps({"imports": names}).replace("<", "\\u003c")
    return mark_safe(text)  # noqa: S308 – names of our own files
