"""Odd headers, and inputs that nobody thought of."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from tests.whole import tries

from .attack import FIELDS, HOSTILE, QUERY_NAMES, ROUTES, Attack, fill

pytestmark = pytest.mark.django_db


ADMIN_QUERY_NAMES = ("q", "o", "_to_field", "id__exact", "id__in", "p", "e", "all", "_popup")


HEADERS: dict[str, list[str]] = {
    "HTTP_ACCEPT": ["", "x", "text/html;q=x", ";;;,,,", "*/*;q=1e400", "a/b;" * 3000],
    "HTTP_ACCEPT_LANGUAGE": ["", "x" * 6000, "es;q=x", "../../etc", "es-" * 3000, "\xff"],
    "HTTP_COOKIE": [
        "sessionid=" + "x" * 5000,
        'sessionid="abcdefgh\\000"; csrftoken="\\000"',
        'timezone="..\\057..\\057etc"; django_language="\\000"',
        "timezone=../../../etc/passwd; django_language=../../x",
        "timezone=Europe; django_language=tlh",
        'timezone="\\000"; messages="\\000"',
        "timezone=" + "x" * 5000,
        "; ; =; sessionid",
        "sessionid=\xff\xfe\xc3",
    ],
    "HTTP_HOST": ["evil.example", "", "a b", "[::", "x" * 3000, "localhost:99999999"],
    "HTTP_ORIGIN": ["null", "x", "https://[", "\xff"],
    "HTTP_X_FORWARDED_FOR": ["x", "", ",,,", "999.1.1.1", "9" * 5000],
}


@pytest.mark.parametrize("name", HEADERS)
def test_no_page_breaks_by_a_header(name: str, client_of: Any, shopper: User) -> None:
    for person in (None, shopper):
        attack = Attack(client_of(person))
        for value in HEADERS[name]:
            if name == "HTTP_COOKIE":
                attack.client.cookies.clear()
            for path in ("/", "/conversations/", "/accounts/login/", "/nothing/", "/admin/"):
                attack.send("GET", path, **{name: value})
            attack.send("POST", "/accounts/login/", "login=a@b.example&password=x", **{name: value})
        assert attack.failures == []


@hypothesis_settings(
    max_examples=tries(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_address_breaks_by_anything(
    data: st.DataObject, of_chief: Attack, real: dict[str, str]
) -> None:
    """Hypothesis tries inputs that nobody thought of."""
    draw = data.draw
    noise = st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: raw.decode("latin1"))
    values = st.sampled_from(sorted(HOSTILE.values())) | noise
    route = draw(st.sampled_from(ROUTES))
    address = fill(route, real | draw(st.dictionaries(st.sampled_from(sorted(real)), values)))
    names = st.sampled_from([*QUERY_NAMES, *ADMIN_QUERY_NAMES, *FIELDS]) | noise
    pairs = draw(st.lists(st.tuples(names, values), max_size=6))
    text = "&".join(f"{name}={value}" for name, value in pairs).encode("utf-8", "replace")
    query = text.decode("latin1")
    path = address.replace("?", "").replace("#", "")
    if draw(st.booleans()):
        of_chief.send("GET", f"{path}?{query}")
    else:
        of_chief.send("POST", path, query)
    assert of_chief.failures == []
