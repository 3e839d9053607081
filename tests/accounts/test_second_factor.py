"""Second factors: staff need one, and malformed key data causes no error."""

import asyncio
import json
import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from asgiref.sync import sync_to_async
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.factories import UserFactory
from accounts.models import User
from accounts.second_factor import proven_sessions
from messaging.access import STAFF_GROUP
from messaging.cases.actions import open_case
from messaging.models import Case
from tests.accounts.acts import PASSWORD, code_of, prove, reauthenticate, set_up_app
from tests.patience import PATIENCE
from tests.sockets import next_frame, receives_nothing
from tests.whole import tries
from trato.audit.models import AuditEntry
from trato.realtime import groups

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("/admin/", "/admin/accounts/user/", "/admin/messaging/report/", "/admin/jsi18n/")


@pytest.fixture
def required(settings: Any) -> None:
    """As in production."""
    settings.STAFF_SECOND_FACTOR_REQUIRED = True


# -- staff ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("required")
def test_staff_with_a_password_alone_are_led_to_the_set_up(moderator: User, client_of: Any) -> None:
    client = client_of(moderator)
    for page in PAGES:
        answer = client.get(page)
        assert answer.status_code == 403
        assert "/accounts/2fa/totp/activate/" in answer.text
        assert "/accounts/2fa/webauthn/add/" in answer.text
    assert client.post("/admin/accounts/user/", {"action": "suspend_selected"}).status_code == 403


@pytest.mark.usefixtures("required")
def test_staff_who_set_one_up_are_in_and_it_is_on_record(moderator: User, client_of: Any) -> None:
    prove(moderator)
    client = client_of(moderator)
    set_up_app(client)
    assert [client.get(page).status_code for page in PAGES] == [200] * len(PAGES)
    assert AuditEntry.objects.filter(actor=moderator, verb="user.factor_added").exists()


@pytest.mark.usefixtures("required")
def test_a_session_that_is_older_than_the_second_factor_is_asked_for_it(
    moderator: User, client_of: Any
) -> None:
    prove(moderator)
    older = client_of(moderator)
    secret, _code = set_up_app(client_of(moderator))
    answer = older.get("/admin/accounts/user/")
    asked = answer.headers["Location"]
    assert asked == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    older.post(asked, {"code": "000000"})
    assert older.get("/admin/").status_code == 302
    with time_machine.travel(time.time() + 60, tick=False):
        older.post(asked, {"code": code_of(secret)})
        assert older.get("/admin/").status_code == 200


@pytest.mark.usefixtures("required")
def test_staff_who_log_in_with_both_are_in(moderator: User, client_of: Any) -> None:
    prove(moderator)
    secret, _code = set_up_app(client_of(moderator))
    client = Client()
    client.post("/accounts/login/", {"login": moderator.email, "password": PASSWORD})
    assert client.get("/admin/").status_code == 302
    with time_machine.travel(time.time() + 60, tick=False):
        client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
        assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("required")
def test_without_the_second_factor_again_the_admin_is_closed_again(
    moderator: User, client_of: Any
) -> None:
    prove(moderator)
    client = client_of(moderator)
    set_up_app(client)
    client.post("/accounts/2fa/totp/deactivate/")
    assert client.get("/admin/").status_code == 403
    assert AuditEntry.objects.filter(actor=moderator, verb="user.factor_removed").exists()


@pytest.mark.usefixtures("required")
async def test_sockets_ask_for_it_as_the_admin_does(
    moderator: User, client_of: Any, socket_of: Any
) -> None:
    """Sockets show staff which case a colleague is working on, so a password is not enough."""
    older, newer = [await sync_to_async(client_of)(moderator) for _ in range(2)]
    await sync_to_async(prove)(moderator)
    await sync_to_async(set_up_app)(newer)
    by_password, by_both = [await socket_of(moderator, client=one) for one in (older, newer)]
    for socket in (by_password, by_both):
        await next_frame(socket, "session.ready")
    await sync_to_async(open_case)(Case.Kind.REPORT, "message:1")
    await next_frame(by_both, "desk.changed")
    assert await receives_nothing(by_password)

    await sync_to_async(newer.post)("/accounts/2fa/totp/deactivate/")
    async with asyncio.timeout(PATIENCE):
        while groups.count(STAFF_GROUP):
            await asyncio.sleep(0.01)
    await sync_to_async(open_case)(Case.Kind.REPORT, "message:2")
    assert await receives_nothing(by_both)


def test_sessions_that_have_proved_it_are_found_together(
    moderator: User, client_of: Any, required: None, django_assert_num_queries: Any
) -> None:
    prove(moderator)
    other: User = UserFactory(staff=True)
    prove(other)
    staff = [moderator, moderator, other, other]
    clients = [client_of(person) for person in staff]
    set_up_app(clients[0])
    keys = [client.session.session_key for client in clients]
    with django_assert_num_queries(2):
        assert proven_sessions(dict(zip(keys, staff, strict=True))) == {keys[0]}


def test_where_it_is_not_required_a_password_is_enough(moderator: User, client_of: Any) -> None:
    assert client_of(moderator).get("/admin/").status_code == 200


@pytest.mark.usefixtures("required")
def test_others_are_sent_away_as_before(shopper: User, client_of: Any) -> None:
    for client in (client_of(None), client_of(shopper)):
        assert client.get("/admin/").headers["Location"].startswith("/admin/login/")


def test_the_admin_has_no_password_page_of_its_own(moderator: User, client_of: Any) -> None:
    client = client_of(moderator)
    new = {"new_password1": "slow-orchard-72", "new_password2": "slow-orchard-72"}
    answer = client.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    assert answer.headers["Location"] == "/accounts/password/change/"
    assert User.objects.get(pk=moderator.pk).check_password(PASSWORD)
    form = {"password1": "slow-orchard-72", "password2": "slow-orchard-72"}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **form})
    assert User.objects.get(pk=moderator.pk).check_password("slow-orchard-72")
    record = AuditEntry.objects.get()
    assert (record.actor, record.verb) == (moderator, "user.password_changed")


# -- data of keys --------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["public-key", "AAAA", "e30", "oWNmbXRkbm9uZQ", "eyJ0eXBlIjoxfQ", "MQ", "9" * 13]
    ),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = (
    "id", "rawId", "type", "clientExtensionResults", "authenticatorAttachment", "response",
)  # fmt: skip
PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
KEYS = st.one_of(
    ANYTHING,
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(NAMES, ANYTHING)
        | {
            "response": st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, ANYTHING))
            | ANYTHING
        },
    ),
)
WORST = [
    False, 0, {}, [], 1, "x", None, {"response": 1}, {"response": []},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {
        "clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AA",
        "signature": "AA", "userHandle": "MQ"}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {
        "clientDataJSON": "W10", "attestationObject": "gA", "authenticatorData": "AA",
        "signature": "AA", "userHandle": None}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {
        "clientDataJSON": "eyJ0eXBlIjoxfQ", "attestationObject": "_____w", "signature": 7,
        "authenticatorData": "A" * 60, "userHandle": "OTk5OTk5OTk5OTk5OQ"}},
]  # fmt: skip


@pytest.fixture
def places(shopper: User, stranger: User, client_of: Any) -> list[tuple[Client, str]]:
    """Every place that reads key data: for a visitor, in a login, in an account."""
    prove(shopper)
    inside, visitor, coming = client_of(shopper), Client(), Client()
    reauthenticate(inside)
    inside.get("/accounts/2fa/webauthn/add/")
    visitor.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    prove(stranger)
    set_up_app(client_of(stranger))
    coming.post("/accounts/login/", {"login": stranger.email, "password": PASSWORD})
    coming.get("/accounts/2fa/authenticate/")
    return [
        (inside, "/accounts/2fa/webauthn/add/"),
        (inside, "/accounts/2fa/webauthn/reauthenticate/"),
        (visitor, "/accounts/2fa/webauthn/login/"),
        (coming, "/accounts/2fa/authenticate/"),
    ]


def send(places: list[tuple[Client, str]], data: Any, limits: Any) -> list[int]:
    return send_text(places, json.dumps(data), limits)


def send_text(places: list[tuple[Client, str]], text: str, limits: Any) -> list[int]:
    limits.ACCOUNT_RATE_LIMITS, limits.MFA_RATE_LIMITS = False, False
    form = {"name": "Key", "passwordless": "on", "credential": text}
    return [client.post(path, form).status_code for client, path in places]


def test_data_of_a_key_that_is_none_is_a_wrong_key(
    places: list[tuple[Client, str]], settings: Any
) -> None:
    for data in WORST:
        assert set(send(places, data, settings)) <= {200, 302}
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_what_no_one_can_read_is_a_wrong_key(
    places: list[tuple[Client, str]], settings: Any
) -> None:
    for text in ("", "{", "[" * 5000, '{"a":' * 5000, "9" * 5000, "NaN"):
        assert set(send_text(places, text, settings)) <= {200, 302}, text[:9]


@given(data=KEYS)
@hypothesis_settings(
    max_examples=tries(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_the_data_of_a_key_nothing_breaks(
    data: Any, places: list[tuple[Client, str]], settings: Any
) -> None:
    assert set(send(places, data, settings)) <= {200, 302, 400}
    assert not Authenticator.objects.filter(type="webauthn").exists()
