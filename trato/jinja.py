"""Render parts of frequently loaded pages with Jinja, three times as fast as Django does.

Their templates end with `.jinja`, sit next to Django's and are found by the same loaders, so a site
overrides them in the same way. Besides their context, they may use `_`, `icon`, `avatar` and
`moment`.
"""

from collections.abc import Callable
from functools import cache, lru_cache, partial
from os.path import getmtime
from typing import Any

from django.conf import settings
from django.template import Engine, TemplateDoesNotExist
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from .templatetags.markup import avatar, icon
from .templatetags.times import moment

TEXTS_MAX = 2000  # remembered for each language


def render(name: str, /, **values: Any) -> SafeString:
    """Render a template, escaping values as Django does.

    Raises:
        jinja2.TemplateNotFound: no template has that name.
        jinja2.UndefinedError: the template uses a value that it was not given.
    """
    template = _environment().get_template(name)
    texts = {"_": _translations(get_language())}
    return mark_safe(template.render(texts | values))  # noqa: S308


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        auto_reload=settings.DEBUG,
        loader=FunctionLoader(_load),
        undefined=StrictUndefined,
    )
    environment.globals |= {"avatar": avatar, "icon": icon, "moment": moment}
    return environment


@cache
def _translations(language: str | None) -> Callable[[str], Markup]:
    """Return the function that translates the site's texts into the active language.

    It looks each text up once. Texts need no escaping; values formatted into them do.
    """
    return lru_cache(TEXTS_MAX)(lambda text: Markup(gettext(text)))  # noqa: S704


def _load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
    """Return a template's source, its file, and whether that source is still current."""
    loaders: list[Any] = Engine.get_default().template_loaders
    for loader in loaders:
        for origin in loader.get_template_sources(name):
            try:
                text, changed_at = loader.get_contents(origin), getmtime(origin.name)
            except TemplateDoesNotExist:
                continue
            return text, origin.name, partial(_is_latest, origin.name, changed_at)
    return None


def _is_latest(file: str, changed_at: float) -> bool:
    return getmtime(file) == changed_at
