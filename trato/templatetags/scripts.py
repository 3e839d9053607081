"""The page's modules: the import map, and which of them the browser shall fetch at once."""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

T = TypeVar("T")

PREFIX = "trato/"  # how a module names another one: its file's name behind it, without folders
IMPORT = re.compile(rf'^import (?:[^"]* from )?"{PREFIX}([\w-]+)";', re.MULTILINE)


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
        names: of modules, as in the import map. Those that the page names already are left out.
    """
    done: set[str] = cast(Any, context.render_context).setdefault("preloaded", set())
    new = [name for name in _with_imports(names) if name not in done]
    done.update(new)
    paths = _modules()
    links = ((static(paths[name]),) for name in new)
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


def _read_once(function: Callable[[], T]) -> Callable[[], T]:
    """Call a function once for all, or each time while somebody works on the files."""
    known = cache(function)
    return lambda: function() if settings.DEBUG else known()


@_read_once
def _modules() -> dict[str, str]:
    """Each module's path among the static files, by its name."""
    folder = Path(str(finders.find("js/site.js"))).parent
    paths: dict[str, str] = {}
    for file in sorted(folder.glob("*/*.js")):
        if file.stem in paths:
            raise ValueError(f"two modules are named {file.stem}")
        paths[file.stem] = f"js/{file.parent.name}/{file.name}"
    return paths


@_read_once
def _imports() -> dict[str, list[str]]:
    """What each module imports."""
    return {
        name: IMPORT.findall(Path(str(finders.find(path))).read_text())
        for name, path in _modules().items()
    }


@_read_once
def _import_map() -> SafeString:
    names = {f"{PREFIX}{name}": static(path) for name, path in _modules().items()}
    text = json.dumps({"imports": names}).replace("<", "\\u003c")
    return mark_safe(text)  # noqa: S308 – names of our own files
