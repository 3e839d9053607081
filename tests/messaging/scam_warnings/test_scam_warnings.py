"""A message that resembles a scam has a warning, for the side that receives it."""

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from accounts import deletion
from accounts.models import User
from messaging import message_warnings
from messaging.editing.actions import edit, withdraw
from messaging.factories import MessageFactory
from messaging.models import Conversation, DismissedWarning, Message, Report, Side
from messaging.reactions.actions import react
from messaging.scam_warnings.actions import dismiss
from messaging.shield.scams import source
from tests.rulings import remove_message
from tests.said import say
from tests.sockets import message_frame, next_frame, send
from trato.errors import Refused

pytestmark = pytest.mark.django_db

CODE = "Tell me the code that you got by SMS"
FEE = "Pay the fee to release your payment"
INNOCENT = "Is it glazed inside?"
MARK = 'class="scam-warning"'


@pytest.fixture
def warned(shopper: User, conversation: Conversation) -> Message:
    return say(shopper, conversation, CODE)


@pytest.fixture
def page_of(client_of: Any, conversation: Conversation) -> Callable[[User], str]:
    """`page_of(person)`: the conversation's messages as the person sees them, without templates."""

    def page(user: User) -> str:
        text: str = client_of(user).get(conversation.get_absolute_url()).text
        return text.partition("<template data-message>")[0]

    return page


def state_of(client_of: Any, user: User, conversation: Conversation, query: str = "") -> Any:
    path = f"/conversation/{conversation.pk}/messages/{query}"
    return client_of(user).get(path, headers={"Accept": "application/json"}).json()


def test_only_the_side_that_receives_it_is_warned(
    shopper: User, seller: User, colleague: User, warned: Message, page_of: Any
) -> None:
    assert MARK not in page_of(shopper)
    for person in (seller, colleague):
        page = page_of(person)
        assert page.count(MARK) == 1
        assert 'data-kind="sms_code"' in page
        assert "data-kind" not in page.replace('data-kind="sms_code"', "")


def test_a_shopper_is_warned_of_a_seller(
    shopper: User, seller: User, conversation: Conversation, page_of: Any
) -> None:
    say(seller, conversation, FEE)
    assert 'data-kind="release_fee"' in page_of(shopper)
    assert MARK not in page_of(seller)


def test_an_innocent_message_has_no_warning(
    shopper: User, seller: User, conversation: Conversation, page_of: Any
) -> None:
    say(shopper, conversation, INNOCENT)
    assert MARK not in page_of(seller)


def test_an_automatic_message_has_none(
    shopper: User, conversation: Conversation, seller: User, page_of: Any
) -> None:
    MessageFactory(conversation=conversation, sender=seller, body=CODE, is_automatic=True)
    assert MARK not in page_of(shopper)
    assert message_warnings.warnings(CODE, is_automatic=False) == ["sms_code"]


@pytest.mark.parametrize("act", ["withdraw", "remove"])
def test_a_hidden_message_has_none(
    act: str,
    shopper: User,
    seller: User,
    moderator: User,
    warned: Message,
    page_of: Any,
    client_of: Any,
) -> None:
    if act == "withdraw":
        withdraw(shopper, warned.conversation_id, 1)
    else:
        remove_message(moderator, warned.pk, "Scam")
    assert MARK not in page_of(seller)
    (item,) = state_of(client_of, seller, warned.conversation)["messages"]
    assert item["warnings"] == []
    with pytest.raises(Http404):
        dismiss(seller, warned.conversation_id, 1)


def test_an_edit_that_makes_it_innocent_takes_the_warning_away(
    shopper: User, seller: User, warned: Message, page_of: Any, client_of: Any
) -> None:
    edit(shopper, warned.conversation_id, 1, INNOCENT)
    assert MARK not in page_of(seller)
    (item,) = state_of(client_of, seller, warned.conversation)["messages"]
    assert item["warnings"] == []


def test_scripts_get_the_kinds_in_order(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    say(shopper, conversation, f"{FEE}. {CODE}.")
    (item,) = state_of(client_of, seller, conversation)["messages"]
    assert item["warnings"] == ["release_fee", "sms_code"]


def test_a_dismissed_warning_stays_away_for_that_person_only(
    seller: User, colleague: User, warned: Message, page_of: Any, client_of: Any
) -> None:
    path = f"/conversation/{warned.conversation_id}/messages/1/"
    answer = client_of(seller).post(path, {"act": "dismiss"})
    assert answer.status_code == 302
    assert MARK not in page_of(seller)
    assert MARK in page_of(colleague)
    assert state_of(client_of, seller, warned.conversation)["dismissed"] == {"1": "sms_code"}
    assert state_of(client_of, seller, warned.conversation, "?before=9")["dismissed"]
    assert state_of(client_of, colleague, warned.conversation)["dismissed"] == {}


def test_the_page_tells_its_scripts_what_is_dismissed(
    seller: User, shopper: User, warned: Message, page_of: Any
) -> None:
    assert "data-dismissed" not in page_of(seller)
    dismiss(seller, warned.conversation_id, 1)
    attribute = page_of(seller).partition('data-dismissed="')[2].partition('"')[0]
    assert json.loads(html.unescape(attribute)) == {"1": "sms_code"}
    assert "data-dismissed" not in page_of(shopper)


def test_an_edit_into_another_scam_warns_again(
    shopper: User, seller: User, warned: Message, page_of: Any
) -> None:
    dismiss(seller, warned.conversation_id, 1)
    react(seller, warned.conversation_id, 1, "👍")
    assert MARK not in page_of(seller)
    edit(shopper, warned.conversation_id, 1, FEE)
    assert MARK in page_of(seller)
    assert dismiss(seller, warned.conversation_id, 1)[1] is True
    assert MARK not in page_of(seller)
    assert DismissedWarning.objects.count() == 1


def test_dismissing_twice_or_without_a_warning_stores_nothing(
    seller: User, shopper: User, warned: Message, conversation: Conversation
) -> None:
    conversation.refresh_from_db()
    say(shopper, conversation, INNOCENT)
    assert dismiss(seller, conversation.pk, 1)[1] is True
    assert dismiss(seller, conversation.pk, 1)[1] is False
    assert dismiss(seller, conversation.pk, 2)[1] is False
    assert DismissedWarning.objects.count() == 1


def test_only_those_who_receive_it_can_dismiss_it(
    shopper: User, seller: User, stranger: User, other_seller: User, warned: Message
) -> None:
    for person in (shopper, stranger, other_seller):
        with pytest.raises(Http404):
            dismiss(person, warned.conversation_id, 1)
    assert not DismissedWarning.objects.exists()
    assert dismiss(seller, warned.conversation_id, 1)[1] is True


def test_dismissals_are_limited(
    shopper: User, seller: User, warned: Message, conversation: Conversation, settings: Any
) -> None:
    settings.DISMISSALS_PER_MINUTE = 1
    conversation.refresh_from_db()
    say(shopper, conversation, FEE)
    dismiss(seller, conversation.pk, 1)
    with pytest.raises(Refused):
        dismiss(seller, conversation.pk, 2)
    assert DismissedWarning.objects.count() == 1


def test_one_tap_reports_it_as_a_scam(
    seller: User, warned: Message, page_of: Any, client_of: Any
) -> None:
    path = f"/conversation/{warned.conversation_id}/messages/1/"
    answer = client_of(seller).post(path, {"act": "report", "reason": "scam"}, follow=True)
    assert "Our staff will review this message." in answer.text
    report = Report.objects.get()
    assert (report.message_id, report.reporter_id, report.reason) == (warned.pk, seller.pk, "scam")
    assert MARK not in page_of(seller)


def test_the_form_of_the_buttons_reports_a_scam(
    seller: User, page_of: Any, warned: Message
) -> None:
    form = page_of(seller).partition('<form id="warned"')[2].partition("</form>")[0]
    assert 'name="reason" value="scam"' in form
    assert "csrfmiddlewaretoken" in form


def test_the_page_of_one_message_warns_too(
    shopper: User, seller: User, warned: Message, client_of: Any
) -> None:
    path = f"/conversation/{warned.conversation_id}/messages/1/"
    assert MARK in client_of(seller).get(path).text
    assert MARK not in client_of(shopper).get(path).text
    dismiss(seller, warned.conversation_id, 1)
    assert MARK not in client_of(seller).get(path).text


def test_warnings_cost_one_query_and_none_without_them(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    def queries(person: User, address: str) -> list[str]:
        client = client_of(person)
        with CaptureQueriesContext(connection) as asked:
            client.get(address, headers={"Accept": "application/json"})
            client.get(conversation.get_absolute_url())
        return [query["sql"] for query in asked if "dismissedwarning" in query["sql"]]

    address = f"/conversation/{conversation.pk}/messages/"
    MessageFactory.create_batch(3, conversation=conversation, sender=shopper, body=INNOCENT)
    assert queries(seller, address) == []
    MessageFactory.create_batch(5, conversation=conversation, sender=shopper, body=CODE)
    assert len(queries(seller, address)) == 2
    assert queries(shopper, address) == []


def test_every_kind_has_its_words_in_both_languages(
    seller: User, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    kinds = {row["kind"] for row in source()["rows"]}
    address = conversation.get_absolute_url()
    words = {}
    for language in ("en", "es"):
        page = client_of(seller).get(address, headers={"Accept-Language": language}).text
        template = page.partition("<template data-message>")[2].partition("</template>")[0]
        parts = template.split('data-kind="')[1:]
        words[language] = {
            part.partition('"')[0]: part.partition(">")[2].partition("</p>")[0] for part in parts
        }
        assert set(words[language]) == kinds
        assert all(len(text.split()) > 15 for text in words[language].values())
    assert all(words["en"][kind] != words["es"][kind] for kind in kinds)


def test_a_deleted_account_leaves_no_dismissals(
    seller: User, colleague: User, warned: Message
) -> None:
    for person in (seller, colleague):
        dismiss(person, warned.conversation_id, 1)
    deletion.delete_account(colleague.pk)
    assert [row.user_id for row in DismissedWarning.objects.all()] == [seller.pk]


@pytest.mark.django_db(transaction=True)
async def test_an_open_socket_gets_the_warning_with_the_message(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    socket = await socket_of(seller)
    await next_frame(socket, "session.ready")
    asking = await socket_of(shopper)
    await next_frame(asking, "session.ready")
    await send(asking, **message_frame(conversation, CODE))
    frame = await next_frame(socket, "message.created")
    assert (frame["warnings"], frame["links"]) == (["sms_code"], [])
    assert frame["side"] == Side.CONSUMER
