"""The variables of a saved reply: right ones are filled, wrong ones are explained."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from messaging.saved_replies.placeholders import NAMES, Part, Variable, fill, names_in, parse

plain = st.text().filter(lambda text: "{{" not in text and "}}" not in text)
pieces = st.lists(
    st.one_of(
        st.sampled_from(["{{", "}}", "{", "}", " ", "\n", "me", "shopper", "x"]),
        st.sampled_from(NAMES).map(lambda name: f"{{{{ {name} }}}}"),
        st.text(max_size=4),
    ),
    max_size=30,
).map("".join)


def attempt(text: str) -> tuple[list[Part], ValidationError | None]:
    try:
        return parse(text), None
    except ValidationError as error:
        return [], error


def written(parts: list[Part]) -> str:
    return "".join(map(str, parts))


@given(plain)
def test_a_text_without_variables_is_itself(text: str) -> None:
    assert fill(parse(text), {}) == text


@given(st.lists(st.one_of(plain.filter(bool), st.sampled_from(NAMES).map(Variable))))
def test_what_is_written_is_read(parts: list[Part]) -> None:
    text = written(parts)
    read, error = attempt(text)
    if error:  # pieces of plain text formed a pair of braces
        assert any(one in text for one in ("{{{", "}}}")) or {"{", "}"} & set(plain_of(parts))
    else:
        assert written(read) == text


def plain_of(parts: list[Part]) -> str:
    return "".join(part for part in parts if isinstance(part, str))


@given(pieces)
@example("}}{{")
@example("{{{{ me }}}}")
@example("{{ me }} }}")
def test_any_text_is_either_read_whole_or_refused(text: str) -> None:
    parts, error = attempt(text)
    if error:
        assert error.code in ("unknown", "unclosed", "unopened")
        assert error.messages[0].startswith("Line ")
        return
    assert "".join(written(parts).split()) == "".join(text.split())
    assert all(one in NAMES for one in names_in(parts))
    said = [part for part in parts if isinstance(part, str)]
    assert not any("{{" in part or "}}" in part for part in said)


@given(st.dictionaries(st.sampled_from(NAMES), st.text(), min_size=len(NAMES)))
def test_a_value_is_never_read_as_a_variable(values: dict[str, str]) -> None:
    values["product"] = "{{ me }} }}{{"
    assert fill(parse("a {{ product }} b"), values) == "a {{ me }} }}{{ b"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hi {{ name }}", "Line 1: there is no variable “name”. There are: shopper, product, "),
        ("Hi\n\n{{ shopper", "Line 3: “{{” is not closed."),
        ("}}{{", "Line 1: “}}” closes nothing."),
        ("{{ shopper }} and }}", "Line 1: “}}” closes nothing."),
        ("{{ me {{ shopper }}", "Line 1: “{{” is not closed."),
        ("{{}}", "Line 1: there is no variable “”."),
        ("{{ " + "x" * 900 + " }}", "Line 1: there is no variable “" + "x" * 39 + "…”."),
        ("{{ shopper.password }}", "Line 1: there is no variable “shopper.password”."),
    ],
)
def test_the_error_says_what_and_where(text: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse(text)
    assert caught.value.messages[0].startswith(words)


def test_spaces_inside_the_braces_do_not_matter() -> None:
    assert fill(parse("{{me}} {{  me\t}}"), {"me": "Marta"}) == "Marta Marta"
