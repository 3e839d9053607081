"""Jinja templates: found where Django's are, escaped, and in the reader's language."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from django.conf import settings as site_settings
from django.utils.translation import override

from trato import jinja


@pytest.fixture
def own_templates(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A folder with the site's own templates, which come before all others."""
    engine: dict[str, Any] = site_settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]
    jinja._environment.cache_clear()
    yield tmp_path
    jinja._environment.cache_clear()


def test_values_are_escaped_and_what_is_safe_is_not(own_templates: Path) -> None:
    (own_templates / "words.jinja").write_text('<p title="{{ words }}">{{ icon("lock") }}</p>')
    drawn = jinja.render("words.jinja", words='"><script>')
    assert drawn.startswith('<p title="&#34;&gt;&lt;script&gt;"><svg ')


def test_texts_are_in_the_language_of_each_reader(own_templates: Path) -> None:
    (own_templates / "words.jinja").write_text('{{ _("unread") }}')
    for language, words in (("en", "unread"), ("es", "sin leer"), ("en", "unread")):
        with override(language):
            assert jinja.render("words.jinja") == words


def test_names_in_texts_are_escaped_and_the_texts_are_not(own_templates: Path) -> None:
    text = """{{ _("Nobody's again: %(name)s can't any more") | format(name=name) }}"""
    (own_templates / "words.jinja").write_text(text)
    drawn = jinja.render("words.jinja", name="<b>")
    assert drawn == "Nobody's again: &lt;b&gt; can't any more"


def test_a_site_replaces_them_like_djangos(own_templates: Path) -> None:
    (own_templates / "messaging" / "inbox").mkdir(parents=True)
    (own_templates / "messaging" / "inbox" / "_rows.jinja").write_text("{{ rows | length }} rows")
    assert jinja.render("messaging/inbox/_rows.jinja", rows=[1, 2]) == "2 rows"


def test_while_developing_a_changed_file_is_read_again_and_no_other(
    own_templates: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEBUG = True
    reads: list[str] = []
    load = jinja._load

    def counted(name: str) -> Any:
        reads.append(name)
        return load(name)

    monkeypatch.setattr(jinja, "_load", counted)
    file = own_templates / "words.jinja"
    for words in ("One", "Two"):
        file.write_text(words)
        os.utime(file, (len(reads), len(reads)))
        assert [jinja.render("words.jinja") for _ in range(3)] == [words] * 3
    assert len(reads) == 2


def test_what_is_missing_is_an_error(own_templates: Path) -> None:
    (own_templates / "words.jinja").write_text("{% if words %}{% endif %}")
    with pytest.raises(jinja2.UndefinedError, match="words"):
        jinja.render("words.jinja")
    with pytest.raises(jinja2.TemplateNotFound):
        jinja.render("nowhere.jinja")
