"""Readable lines, stylesheets by component, and modules from one import map."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import Client

from accounts.models import User
from messaging.models import Conversation
from trato.templatetags import scripts

ROOT = Path(__file__).parents[1]
CSS_COLUMNS = 100
TEMPLATE_COLUMNS = 160


@pytest.mark.parametrize(
    ("files", "columns"),
    [
        ("static/css/**/*.css", CSS_COLUMNS),
        ("templates/**/*.html", TEMPLATE_COLUMNS),
        ("templates/**/*.txt", TEMPLATE_COLUMNS),
    ],
)
def test_no_line_is_too_long_to_read(files: str, columns: int) -> None:
    paths = [*ROOT.glob(files)]
    assert paths
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > columns
    ]
    assert long == []


def test_a_bundle_is_all_of_its_components(settings: Any, tmp_path: Path) -> None:
    settings.BUNDLES_DIR, settings.STATICFILES_DIRS = tmp_path / "made", [tmp_path / "static"]
    folder = tmp_path / "static/css/shop"
    folder.mkdir(parents=True)
    (folder / "button.css").write_text(".button {}\n")
    (folder / "_layers.css").write_text("@layer base;\n")
    assert bundle("shop") == "@layer base;\n\n.button {}\n"
    (folder / "card.css").write_text(".card {}\n")
    assert ".card {}" in bundle("shop")
    (folder / "card.css").unlink()
    assert ".card {}" not in bundle("shop")


def bundle(name: str) -> str:
    return Path(str(finders.find(f"css/{name}.css"))).read_text()


def test_the_import_map_has_every_module(client: Client, db: None) -> None:
    page = client.get("/accounts/login/").content.decode()
    [text] = re.findall(r'<script type="importmap"[^>]*>(.*?)</script>', page)
    imports = json.loads(text)["imports"]
    modules = {path.stem for path in (ROOT / "static/js").glob("*/**/*.js")}
    assert {name.removeprefix("trato/") for name in imports} == modules
    assert all(
        Path(str(finders.find(url.removeprefix("/static/")))).exists() for url in imports.values()
    )


def test_what_a_module_imports_is_fetched_with_it_and_nothing_twice() -> None:
    text = '{% load scripts %}{% preload_modules "badge" %}{% preload_modules "session" %}'
    drawn = Template(text).render(Context())
    fetched = re.findall(r"/static/js/bundles/([\w-]+)\.js", drawn)
    assert sorted(fetched) == ["session", "site"]


def test_all_imports_of_a_bundle_are_fetched_with_it() -> None:
    # Only another of the inbox's modules asks which conversations are muted.
    drawn = Template('{% load scripts %}{% preload_modules "keys" %}').render(Context())
    assert "/static/js/bundles/person.js" in drawn


@pytest.mark.parametrize(
    ("place", "most"), [("inbox", 5), ("conversation", 8), ("product", 5), ("notifications", 4)]
)
def test_a_page_preloads_the_scripts_of_all_its_elements(
    client_of: Any, seller: User, conversation: Conversation, place: str, most: int
) -> None:
    address = {
        "inbox": "/conversations/",
        "conversation": conversation.get_absolute_url(),
        "product": conversation.product.get_absolute_url(),
        "notifications": "/notifications/",
    }[place]
    page = client_of(seller).get(address).text
    preloaded = set(re.findall(r'<link rel="modulepreload" href="/static/([^"]+)"', page))
    elements = set(re.findall(r"<trato-([a-z-]+)", page))
    assert elements
    assert {scripts._modules()[name] for name in elements} <= preloaded
    assert len(preloaded) <= most


def test_modules_of_a_bundle_are_fetched_in_one_file_that_exports_all_of_them(
    settings: Any, tmp_path: Path
) -> None:
    settings.BUNDLES_DIR, settings.STATICFILES_DIRS = tmp_path / "made", [tmp_path / "static"]
    folder = tmp_path / "static/js/cart"
    folder.mkdir(parents=True)
    table = tmp_path / "static/js/bundles.toml"
    table.write_text('shop = ["cart/"]\n')
    (folder / "cart.js").write_text(
        'import * as store from "trato/store";\nimport { fill } from "trato/text";\n'
        "export const cart = store.load();\n"
    )
    (folder / "store.js").write_text(
        'import { fill, gettext } from "trato/text";\nexport function load() {}\n'
    )
    text = Path(str(finders.find("js/bundles/shop.js"))).read_text()
    assert text == (
        'import { fill, gettext } from "trato/text";\nexport function load() {}\n\n'
        "const store = { load };\nexport const cart = store.load();\n"
    )
    (folder / "price.js").write_text("function load() {}\n")
    with pytest.raises(ValueError, match="named twice among its modules: load"):
        finders.find("js/bundles/shop.js")
    table.write_text('shop = ["cart/"]\nprices = ["cart/price"]\n')
    with pytest.raises(ValueError, match="in two bundles: price"):
        finders.find("js/bundles/shop.js")
    table.write_text('shop = ["cart/", "cart/total"]\n')
    with pytest.raises(ValueError, match="no module cart/total"):
        finders.find("js/bundles/shop.js")


def test_a_module_that_does_not_exist_is_not_overlooked() -> None:
    with pytest.raises(KeyError):
        Template('{% load scripts %}{% preload_modules "bagde" %}').render(Context())
