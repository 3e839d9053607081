"""No text that somebody searches for causes an error."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from messaging.inbox import queries
from messaging.models import Message
from tests.whole import tries

pytestmark = pytest.mark.django_db

HOSTILE = st.one_of(
    st.text(max_size=120),
    st.text(alphabet="'\"\\:*&|!()<->%_^~{}[]+-#;,.@/\0 aé½ŉßİ\u0301\ud800", max_size=60),
    st.sampled_from(["a" * 5000, "'" * 99, "OR NOT NEAR(", "a:*", "body:", "* *", "\\", "½ ŉa"]),
)


@settings(
    deadline=None,
    max_examples=tries(50),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=HOSTILE)
@example('a"b c"')
@example("o'b \\'")
@example("a* b:* (c & !d)")
def test_no_query_is_an_error(seller: User, said: Callable[[str], Message], text: str) -> None:
    said("Something, so that a database has to look")
    queries.conversation_list(seller, words=text)


@settings(
    deadline=None,
    max_examples=tries(20),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=HOSTILE)
def test_no_query_is_an_error_on_the_page(
    seller: User, said: Callable[[str], Message], client_of: Any, text: str
) -> None:
    said("Something, so that a database has to look")
    address = f"/conversations/?q={quote(text.encode(errors='replace'))}"
    assert client_of(seller).get(address).status_code == 200
