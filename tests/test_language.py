"""Spanish is complete, says "tú" throughout, and the browser or the switch chooses it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import allauth
import django
import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation

from accounts.models import User

ROOT = Path(__file__).resolve().parents[1]
DJANGO = Path(django.__file__).parent
CATALOGUES = {
    "ours": ROOT / "locale",
    "overrides": ROOT / "locale_overrides",
    "allauth": Path(allauth.__file__).parent / "locale",
    "forms": DJANGO / "conf/locale",
    "passwords": DJANGO / "contrib/auth/locale",
    "admin": DJANGO / "contrib/admin/locale",
}
THEIRS = [name for name in CATALOGUES if name not in ("ours", "overrides")]
# Forms that are used only to address somebody as "usted" …
USTED = re.compile(
    r"\b(usted|les?|asegúrese|compruebe|confirme|contáctenos|corrija|desmarque|elija|emita|empiece|envíe"
    r"|escanee|escoja|(?<!te )escriba|guarde|habilite|haga|ingrese|inicie|intente|inténtelo"
    r"|introdu(?:zc|z)a|introdúzcal[oa]|mantenga|marque|observe|pulse|póngase|proporcione|seleccione|siga"
    r"|solicite|tenga|tome|utilice|vaya|verifique|vuelva)\b|^Ha (?!sido|cambiado)|¿(?:Ya )?tiene\b",
    re.IGNORECASE,
)
# … and forms that are used about others too, so these only count if the English says "you".
OR_OTHERS = re.compile(
    r"\b(sus?|está (?:a punto|recibiendo|segur[oa]))\b"
    r"|(?:^|[.¿] ?|\b(?:que|si|ya) )(?:(?:no|lo) )*"
    r"(?:debe|cuenta|desea|ha|inició|olvidó|podrá|puede|recibe|recibirá|reconoce|tiene)\b",
    re.IGNORECASE,
)
YOU = re.compile(r"\byou|\bsure\?|\bforg[eo]t", re.IGNORECASE)
# Pages that this site doesn't use: Django's own for CSRF, user names.
NOT_HERE = re.compile("CSRF|Referer|cookies|DEBUG|username|Unselect|password-based")


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs xgettext")
@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_text_of_the_site_is_in_the_spanish_catalogue(domain: str, tmp_path: Path) -> None:
    """Collect the texts again in a copy, and compare them with the catalogue."""
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


def test_no_text_hides_from_the_collector_behind_another_name() -> None:
    """`makemessages` knows only the names of Django's functions, and `_`."""
    names = {
        name
        for app in ("accounts", "catalog", "config", "messaging", "notifications")
        for file in (ROOT / app).rglob("*.py")
        for name in re.findall(r"gettext\w* as (\w+)", file.read_text())
    }
    assert names == {"_"}


def _texts(string: Any) -> list[str]:
    return [string] if isinstance(string, str) else list(string)[:2]


def entries(name: str, language: str = "es") -> list[Message]:
    with (CATALOGUES[name] / language / "LC_MESSAGES/django.po").open("rb") as file:
        return [entry for entry in read_po(file) if entry.id]


def is_met(entry: Message) -> bool:
    """Whether this site shows an allauth text rather than its own template."""
    return any(
        re.match(r"(templates/)?(account|allauth|mfa|usersessions)/", place)
        and not (ROOT / place).exists()
        for place, _line in entry.locations
    )


def formal(texts: Iterable[tuple[Message, Iterable[str]]]) -> list[str]:
    """Return the Spanish texts that say "usted"."""
    return [
        spanish
        for entry, answers in texts
        for spanish in answers
        if USTED.search(spanish) or (YOU.search(str(entry.id)) and OR_OTHERS.search(spanish))
    ]


def spoken(entry: Message) -> list[str]:
    """Return all of the site's Spanish texts, including its packages'."""
    if not isinstance(entry.id, str):
        one, many = entry.id
        return [translation.ngettext(one, many, count) for count in (1, 2)]
    if entry.context:
        return [translation.pgettext(entry.context, entry.id)]
    return [translation.gettext(entry.id)]


def test_nobody_is_called_usted() -> None:
    django_forms = [
        entry
        for entry in [*entries("forms"), *entries("passwords")]
        if not NOT_HERE.search(str(entry.id))
    ]
    met = [
        *entries("ours"),
        *entries("overrides"),
        *filter(is_met, entries("allauth")),
        *django_forms,
    ]
    with translation.override("es"):
        assert formal((entry, spoken(entry)) for entry in met) == []


def test_an_email_has_one_name() -> None:
    met = [*entries("ours"), *entries("overrides"), *filter(is_met, entries("allauth"))]
    others = {"en": "e-mail", "es": "direcci[oó]n(es)? (principal )?de correo"}
    for language, pattern in others.items():
        with translation.override(language):
            texts = [text for entry in met for text in spoken(entry)]
        assert [text for text in texts if re.search(pattern, text, re.IGNORECASE)] == []


def test_it_would_be_noticed_if_somebody_was() -> None:
    for name, count in (("allauth", 60), ("forms", 40), ("passwords", 7), ("admin", 15)):
        assert len(formal((entry, _texts(entry.string)) for entry in entries(name))) > count


@pytest.mark.parametrize(("language", "at_least"), [("en", 30), ("es", 150)])
def test_every_override_is_of_a_text_that_they_still_have(language: str, at_least: int) -> None:
    theirs = {entry.id for name in THEIRS for entry in entries(name)}
    overrides = [entry.id for entry in entries("overrides", language)]
    assert len(overrides) >= at_least
    assert [text for text in overrides if text not in theirs] == []


def test_no_text_is_in_both_of_our_catalogues() -> None:
    """The first catalogue in LOCALE_PATHS would hide the second."""
    ours = {entry.id for entry in entries("ours")}
    both = [*entries("overrides", "en"), *entries("overrides")]
    assert [entry.id for entry in both if entry.id in ours] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_override_is_said(language: str) -> None:
    with translation.override(language):
        unsaid = [
            entry.id
            for entry in entries("overrides", language)
            if spoken(entry) != [text for text in _texts(entry.string) if text]
        ]
    assert unsaid == []


@pytest.mark.django_db
def test_the_name_of_a_security_key_is_asked_for_in_spanish(shopper: User, client_of: Any) -> None:
    client = client_of(shopper)
    client.post("/accounts/reauthenticate/", {"password": "trato-demo"})
    page = client.get("/accounts/2fa/webauthn/add/", headers={"accept-language": "es"})
    assert "Nombre de la llave" in page.text


@pytest.mark.django_db
def test_the_browsers_language_is_spoken_and_the_switch_is_kept() -> None:
    client = Client(headers={"accept-language": "es-MX,es;q=0.9"})
    assert "Hecho por gente con la que puedes hablar" in client.get("/").text
    client.post("/language/setlang/", {"language": "en", "next": "/"})
    assert "Made by people you can talk to" in client.get("/").text
