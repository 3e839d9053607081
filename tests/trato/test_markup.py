"""Small pieces of pages."""

from unittest import mock

import pytest
from django.template import Context, Engine, Template, TemplateDoesNotExist
from django.template.loaders.locmem import Loader


def test_a_part_in_two_places_is_rendered_once_per_page() -> None:
    loaders = [(f"{Loader.__module__}.Loader", {"part.html": "<b>{{ name }}{{ count }}</b>"})]
    engine = Engine(loaders=loaders, builtins=["trato.templatetags.markup"])
    page = engine.from_string('{% repeated "part.html" %} and {% repeated "part.html" %}')
    for name in ("Ana & Luis", "Eva"):
        count = mock.Mock(side_effect=[1, 2], spec=[])
        safe = name.replace("&", "&amp;")
        expected = f"<b>{safe}1</b> and <b>{safe}1</b>"
        assert page.render(Context({"name": name, "count": count})) == expected


def test_a_part_that_does_not_exist_is_not_overlooked() -> None:
    with pytest.raises(TemplateDoesNotExist, match=r"missing\.html"):
        Template('{% repeated "missing.html" %}').render(Context())
