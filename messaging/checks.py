"""System checks: does the project define what messaging needs? `manage.py check` runs them."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import FieldDoesNotExist
from django.utils.module_loading import import_string

from trato.admin.site import StaffSite

from .host import MessagingHost

BUNDLE_FINDER = "trato.staticfiles.BundleFinder"
CONTEXT_PROCESSOR = "notifications.context_processors.badge"


@register()
def check_project(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Report missing or wrong settings, see docs/embedding.md."""
    return [
        Error(text, hint="See docs/embedding.md.", id=f"messaging.{number}")
        for number, text in _complaints()
    ]


def _complaints() -> Iterator[tuple[str, str]]:
    try:
        host = import_string(settings.MESSAGING_HOST)
    except ImportError as error:
        yield "E001", f"MESSAGING_HOST: {error}"
    else:
        if not issubclass(host, MessagingHost):
            yield "E001", "MESSAGING_HOST is no subclass of messaging.host.MessagingHost."
        elif host.__abstractmethods__:
            missing = ", ".join(sorted(host.__abstractmethods__))
            yield "E001", f"MESSAGING_HOST lacks {missing}."
    try:
        apps.get_model(settings.AUTH_USER_MODEL)._meta.get_field(settings.PERSON_NAME_FIELD)
    except FieldDoesNotExist as error:
        yield "E002", f"PERSON_NAME_FIELD: {error}"
    engines: list[Any] = settings.TEMPLATES
    options = [engine.get("OPTIONS", {}) for engine in engines]
    if not any(set(settings.TEMPLATE_BUILTINS) <= set(one.get("builtins", ())) for one in options):
        yield "E003", "No TEMPLATES have TEMPLATE_BUILTINS as their builtins."
    if not any(CONTEXT_PROCESSOR in one.get("context_processors", ()) for one in options):
        yield "E004", f"No TEMPLATES have {CONTEXT_PROCESSOR} in context_processors."
    if apps.is_installed("django.contrib.admin"):
        from django.contrib.admin import site

        if not isinstance(site, StaffSite):
            yield "E005", "The admin's default_site is no trato.admin.site.StaffSite."
    bundles = getattr(settings, "BUNDLES_DIR", "")
    if not bundles or BUNDLE_FINDER not in settings.STATICFILES_FINDERS:
        yield "E007", f"STATICFILES_FINDERS lacks {BUNDLE_FINDER}, or there is no BUNDLES_DIR."
    if not getattr(settings, "SITE_NAME", ""):
        yield "E006", "SITE_NAME is not set."
    if "private" not in settings.STORAGES:
        yield "E009", "STORAGES has no private, where files of messages are stored."
    if not getattr(settings, "CHANNEL_LAYERS", {}).get("default"):
        yield "E008", "CHANNEL_LAYERS has no default, so no event reaches another socket."
