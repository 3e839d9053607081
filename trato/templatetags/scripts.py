"""The page's modules: the import map, and the modules to preload."""

import json
from collections.abc import Callable
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

from trato.bundling import IMPORT, PREFIX, bundles, script_path

register = template.Library()

P = ParamSpec("P")
T = TypeVar("T")


@register.simple_tag(takes_context=True)
def import_map(context: Context) -> SafeString:
    """Render the import map with all modules of the site.

    Raises:
        ValueError: two files have the same name.
    """
    nonce = getattr(context.get("request"), "csp_nonce", "")
    return format_html('<script type="importmap" nonce="{}">{}</script>', nonce, _import_map())


@register.simple_tag(takes_context=True)
def preload_modules(context: Context, *names: str) -> SafeString:
    """Preload modules and all of their imports in parallel, instead of level by level.

    Args:
        names: names of modules, as in the import map. Skips files that the page already refers to.
    """
    done: set[str] = cast(Any, context.render_context).setdefault("preloaded", set())
    new = [path for path in _paths(names) if path not in done]
    done.update(new)
    return _links(tuple(new))


def _read_once(function: Callable[P, T]) -> Callable[P, T]:
    """Cache a function for good, or call it each time while somebody works on the files."""
    known = cast("Callable[P, T]", cache(function))

    def read(*args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs) if settings.DEBUG else known(*args, **kwargs)

    return read


@_read_once
def _paths(names: tuple[str, ...]) -> list[str]:
    """Return the paths of the files that browsers fetch for modules and all imports."""
    graph, path_of = _imports(), _modules()
    modules_of: dict[str, list[str]] = {}
    for name, path in path_of.items():
        modules_of.setdefault(path, []).append(name)
    paths: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        path = path_of[waiting.pop(0)]
        if path not in paths:
            paths[path] = None
            waiting += [needed for name in modules_of[path] for needed in graph[name]]
    return list(paths)


@_read_once
def _links(paths: tuple[str, ...]) -> SafeString:
    links = ((static(path),) for path in paths)
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', links)


@_read_once
def _modules() -> dict[str, str]:
    """Return, by module name, the path of the file or bundle that browsers fetch."""
    folder = _folder()
    bundled = {file: script_path(name) for name, files in bundles(folder).items() for file in files}
    paths: dict[str, str] = {}
    for file in _files():
        if file.stem in paths:
            raise ValueError(f"two modules are named {file.stem}")
        paths[file.stem] = bundled.get(file, f"js/{file.relative_to(folder)}")
    return paths


def _folder() -> Path:
    return Path(str(finders.find("js/site.js"))).parent


def _files() -> list[Path]:
    return [*sorted(_folder().glob("*/*.js")), *sorted(_folder().glob("*/*/*.js"))]


@_read_once
def _imports() -> dict[str, list[str]]:
    """Return what each module imports."""
    return {file.stem: [name for _, name in IMPORT.findall(file.read_text())] for file in _files()}


@_read_once
def _import_map() -> SafeString:
    names = {f"{PREFIX}{name}": static(path) for name, path in _modules().items()}
    text = json.dumps({"imports": names}).replace("<", "\\u003c")
    return mark_safe(text)  # noqa: S308 – names of our own files
