"""`check --deploy` names the settings that a production site leaves at their defaults."""

import pytest
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.test import override_settings

CHOSEN = {
    "ENGINE": "django.db.backends.postgresql",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
}
FORGOTTEN = {
    "ENGINE": "django.db.backends.sqlite3",
    "REDIS_URL": "",
    "EMAIL_URL": "",
}


def warnings(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], *, is_deployed: bool = True
) -> list[str]:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", given["ENGINE"])
    with override_settings(REDIS_URL=given["REDIS_URL"], EMAIL_URL=given["EMAIL_URL"]):
        checks = run_checks(tags=[Tags.database], include_deployment_checks=is_deployed)
    return sorted(str(one.id) for one in checks if str(one.id).startswith("trato."))


@pytest.mark.parametrize(
    ("name", "number"), [("ENGINE", "W001"), ("REDIS_URL", "W002"), ("EMAIL_URL", "W003")]
)
def test_each_service_that_nobody_has_chosen_is_warned_of(
    name: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert warnings(monkeypatch, {**CHOSEN, name: FORGOTTEN[name]}) == [f"trato.{number}"]


def test_a_site_with_all_of_them_gets_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert warnings(monkeypatch, CHOSEN) == []


def test_a_development_site_gets_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert warnings(monkeypatch, FORGOTTEN, is_deployed=False) == []
