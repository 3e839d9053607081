"""URLs with integer arguments, and the `url` tag that uses them."""

import pytest
from django.template import Context, Engine, Template
from django.urls import NoReverseMatch, get_script_prefix, reverse, set_script_prefix

from trato.addresses import address
from trato.templatetags import addresses


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("messaging:conversation_list", ()),
        ("messaging:conversation", (0,)),
        ("messaging:message", (7, 7)),
        ("messaging:message", (10**15, 10**15 + 1)),  # like the stand-ins
        ("admin:messaging_report_change", (12,)),
    ],
)
def test_it_is_what_reverse_returns(name: str, numbers: tuple[int, ...]) -> None:
    assert address(name, *numbers) == reverse(name, args=numbers)


@pytest.mark.parametrize("numbers", [(), (1, 2, 3)])
def test_too_few_or_too_many_numbers_are_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(NoReverseMatch):
        address("messaging:message", *numbers)


def test_a_site_below_a_path_has_its_own_addresses() -> None:
    before, prefix = address("messaging:conversation", 5), get_script_prefix()
    set_script_prefix("/shop/")
    try:
        assert address("messaging:conversation", 5) == f"/shop{before}"
    finally:
        set_script_prefix(prefix)
    assert address("messaging:conversation", 5) == before


@pytest.mark.parametrize(
    "tag",
    [
        "{% url 'messaging:message' number 3 %}",
        "{% url name number 3 %}",
        "{% url 'messaging:conversation' conversation_id=number %}",
        "{% url 'messaging:conversation' number as it %}it is {{ it }}",
        "{% url 'messaging:message' number as it %}there is no {{ it }}",
        "{% url 'catalog:product' 'bowl' %}",
    ],
)
def test_the_tag_renders_what_djangos_does(tag: str) -> None:
    values = {"number": 4, "name": "messaging:message"}
    pages = [Engine(builtins=builtins).from_string(tag) for builtins in ([addresses.__name__], [])]
    ours, djangos = (page.render(Context(values)) for page in pages)
    assert ours == djangos


@pytest.mark.parametrize("number", [-1, "x", None, True])
def test_the_tag_refuses_what_django_refuses(number: object) -> None:
    with pytest.raises(NoReverseMatch):
        Template("{% url 'messaging:conversation' number %}").render(Context({"number": number}))
