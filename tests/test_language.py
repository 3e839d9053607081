"""Spanish is complete, and chosen by the browser or by the switch."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.test import Client

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs xgettext")
@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_text_of_the_site_is_in_the_spanish_catalogue(domain: str, tmp_path: Path) -> None:
    """The texts are collected anew in a copy and compared with the catalogue."""
    copy = tmp_path / "copy"
    ignored = shutil.ignore_patterns(".venv", ".git", "var", "tests", "*_cache", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=ignored)
    catalogue = copy / f"locale/es/LC_MESSAGES/{domain}.po"
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "es", "-d", domain, "--no-obsolete"],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    with catalogue.open("rb") as file:
        entries = [entry for entry in read_po(file, locale="es") if entry.id]
    assert len(entries) > 10
    lacking = [entry.id for entry in entries if entry.fuzzy or not all(_texts(entry.string))]
    assert lacking == []


def _texts(string: Any) -> list[str]:
    return [string] if isinstance(string, str) else list(string)[:2]


@pytest.mark.django_db
def test_the_browsers_language_is_spoken_and_the_switch_is_kept() -> None:
    client = Client(headers={"accept-language": "es-MX,es;q=0.9"})
    assert "Hecho por gente a la que puedes preguntar" in client.get("/").text
    client.post("/language/setlang/", {"language": "en", "next": "/"})
    assert "Made by people you can ask" in client.get("/").text
