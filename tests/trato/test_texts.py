"""The `translate` tag looks a constant text up once per language."""

from unittest import mock

from django.template import Context, Template
from django.templatetags.i18n import TranslateNode
from django.utils import translation

rendered = TranslateNode.render


def test_each_language_has_its_own_text_and_looks_it_up_once() -> None:
    page = Template("{% translate 'Conversations' %}")
    with mock.patch.object(TranslateNode, "render", autospec=True) as render:
        render.side_effect = rendered
        for language, text in [("en", "Conversations"), ("es", "Conversaciones")] * 2:
            with translation.override(language):
                assert page.render(Context()) == text
    assert render.call_count == 2


def test_what_is_no_constant_is_looked_up_each_time() -> None:
    page = Template("{% translate text %}, {% trans 'Star'|upper as it %}{{ it }}")
    with translation.override("es"):
        assert page.render(Context({"text": "Conversations"})) == "Conversaciones, DESTACAR"
        assert page.render(Context({"text": "Messages"})) == "Mensajes, DESTACAR"


def test_a_text_is_escaped_as_djangos_is() -> None:
    constant = Template("{% translate '<b>50%</b>' %}").render(Context())
    assert constant == "<b>50%</b>"
    variable = Template("{% translate text %}").render(Context({"text": "<b>"}))
    assert variable == "&lt;b&gt;"
