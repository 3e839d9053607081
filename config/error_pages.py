"""Error pages for a proxy: `python -m config.error_pages`, after collectstatic.

A proxy that can't reach a server, or refuses a request itself, needs its own error pages. This
renders them into `STATIC_ROOT/errors/<language>/`: HTML for people, JSON for scripts. The server
also uses them for bodies that it refuses without reading them.
"""

import os
from pathlib import Path

import django

TOO_BIG, TOO_OFTEN, AWAY = 413, 429, 503


def main() -> None:
    """Render all pages in all languages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
    django.setup()
    from django.conf import settings

    for language, _name in settings.LANGUAGES:
        folder = Path(settings.STATIC_ROOT) / "errors" / language
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in pages(language).items():
            (folder / name).write_text(content, encoding="utf-8")


def pages(language: str) -> dict[str, str]:
    """Render the pages of one language, as pairs of file name and content."""
    from django.template.loader import render_to_string
    from django.utils import translation
    from django.utils.translation import gettext as _

    from trato.errors import Refused, unavailable
    from trato.realtime import frames

    with translation.override(language):
        too_big = Refused("too_long", _("That's too large."))
        too_often = Refused("rate_limited", _("Too many requests. Wait a moment and try again."))
        return {
            f"{TOO_BIG}.html": render_to_string("413_alone.html"),
            f"{TOO_BIG}.json": frames.encode(frames.Error.of(too_big)),
            f"{TOO_OFTEN}.html": render_to_string("429_alone.html"),
            f"{TOO_OFTEN}.json": frames.encode(frames.Error.of(too_often)),
            f"{AWAY}.html": render_to_string("503.html"),
            f"{AWAY}.json": frames.encode(frames.Error.of(unavailable())),
        }


if __name__ == "__main__":
    main()
