"""The answers of `/health/` to load balancers and `deploy/roll`; see also `tests/outages/`."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def ask() -> tuple[int, bool, bool]:
    """Return the status, and whether the database and static files are fine."""
    answer = Client().get("/health/")
    return answer.status_code, answer.json()["database"], answer.json()["static_files"]


def test_a_process_that_needs_no_manifest_is_well() -> None:
    assert ask() == (200, True, True)


def test_a_process_is_unwell_until_it_starts_with_collected_files(
    settings: Any, tmp_path: Path
) -> None:
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": storage}}
    settings.STATIC_ROOT = tmp_path
    assert ask() == (503, True, False)
    manifest = {"version": "1.1", "paths": {"css/site.css": "css/site.1.css"}, "hash": ""}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    assert ask() == (503, True, False)  # it reads the manifest once
    settings.STATIC_ROOT = str(tmp_path)  # loads the storage again, like a restart
    assert ask() == (200, True, True)
