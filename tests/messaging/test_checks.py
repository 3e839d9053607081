"""`manage.py check` reports what a project has not set."""

from copy import deepcopy
from typing import Any

import pytest
from django.contrib import admin

from messaging.checks import check_project
from messaging.host import MessagingHost


class HalfAHost(MessagingHost):
    """Implements nothing."""


def ids() -> list[str | None]:
    return [error.id for error in check_project(None)]


def test_this_project_sets_all_of_it() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MESSAGING_HOST", "nowhere.Host", "messaging.E001"),
        ("MESSAGING_HOST", "catalog.models.Shop", "messaging.E001"),
        ("MESSAGING_HOST", f"{__name__}.HalfAHost", "messaging.E001"),
        ("PERSON_NAME_FIELD", "nickname", "messaging.E002"),
        ("SITE_NAME", "", "messaging.E006"),
        ("STATICFILES_FINDERS", [], "messaging.E007"),
        ("BUNDLES_DIR", "", "messaging.E007"),
        ("CHANNEL_LAYERS", {}, "messaging.E008"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, expected: str, settings: Any) -> None:
    setattr(settings, name, value)
    assert ids() == [expected]


@pytest.mark.parametrize(
    ("option", "expected"),
    [("builtins", "messaging.E003"), ("context_processors", "messaging.E004")],
)
def test_a_template_option_left_out_is_named(option: str, expected: str, settings: Any) -> None:
    settings.TEMPLATES = deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["OPTIONS"][option] = []
    assert ids() == [expected]


def test_an_admin_without_our_rules_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "site", admin.AdminSite())
    assert ids() == ["messaging.E005"]
