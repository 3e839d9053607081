"""Copies of a scam from all accounts are found by what they share, and nothing else is found."""

import uuid

import pytest

from accounts.models import User
from messaging.editing import actions as editing
from messaging.models import Conversation, File, Message, MessageTrace
from messaging.recall import traces
from messaging.recall.candidates import find
from messaging.recall.text_traces import traces_of
from tests.messaging.recall.conftest import SCAM, Sent
from tests.said import say
from trato.retention import ago

pytestmark = pytest.mark.django_db

SPELLINGS = {
    "phone": (
        "+34 612 345 678",
        "612.34.56.78 phone",
        "call seis uno dos tres cuatro cinco seis siete ocho",
    ),
    "email": ("ana.roja@gmail.com", "ana.roja (at) gmail.com", "ana.roja arroba gmail punto com"),
    "link": (
        "https://evil-courier.example.com/pay?id=1",
        "http://www.evil-courier.example.com/pay/",
    ),
    "iban": ("ES91 2100 0418 4502 0005 1332", "ES9121000418450200051332"),
}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_a_contact_has_one_value_in_all_spellings(kind: str) -> None:
    values = [
        {one.value for one in traces_of(text) if one.kind == kind} for text in SPELLINGS[kind]
    ]
    assert len(values[0]) == 1
    assert all(value == values[0] for value in values)


@pytest.mark.parametrize("text", ["Is it still available?", "I'm on WhatsApp all day", "Hello"])
def test_what_everybody_writes_is_no_trace(text: str) -> None:
    assert traces_of(text) == []


def test_copies_are_grouped_by_what_they_share(
    confirmed: Message, sent: Sent, moderator: User
) -> None:
    same = [*sent(), *sent(SCAM.replace("1.99", "2,50"))]
    [phone] = sent("Any questions? Call six one two three four five six seven eight")
    [link] = sent("See http://www.evil-courier.example.com/pay/?from=you")
    sent("See https://evil-courier.example.com/other")
    sent("My own number is +34 699 111 222")
    groups = {group.kind: group for group in find(moderator, confirmed).groups}
    keys = {kind: {row.message.pk for row in group.rows} for kind, group in groups.items()}
    assert keys == {"words": {one.pk for one in same}, "phone": {phone.pk}, "link": {link.pk}}
    assert (groups["words"].senders, groups["words"].recipients) == (2, 1)
    assert [row.kinds for row in groups["words"].rows] == [["words", "phone", "link"]] * 2


def test_staff_own_messages_and_old_ones_are_left_out(
    confirmed: Message, sent: Sent, moderator: User, settings: object
) -> None:
    [quoting], [old] = sent(), sent()
    User.objects.filter(pk=quoting.sender_id).update(is_staff=True)
    MessageTrace.objects.filter(message=old).update(created_at=ago(days=31))
    assert find(moderator, confirmed).groups == []


COURIER = (
    "Hello {}, your parcel waits for you: confirm your address and pay the customs fee with our "
    "courier today, or it goes back to the sender"
)


def test_nearly_the_same_words_are_found(sent: Sent, moderator: User) -> None:
    [scam] = sent(COURIER.format("Maria"))
    near = [
        *sent(COURIER.format("Bartholomew").replace("today", "tonight")),
        *sent("HELLO!! " + COURIER.format("Peter").upper().replace("O", "0")),
    ]
    sent("Hello Maria, do you ship to Portugal, and how long does a parcel take to get there?")
    [group] = find(moderator, scam).groups
    assert (group.kind, {row.message.pk for row in group.rows}) == (
        "words", {one.pk for one in near},
    )  # fmt: skip


def test_a_band_in_common_is_not_enough(sent: Sent, moderator: User) -> None:
    [scam] = sent(COURIER.format("Maria"))
    [other] = sent("Is this still available, and in which colours? I'd take two of them today")
    MessageTrace.objects.bulk_create(
        MessageTrace(key=one.key, message=other, created_at=other.created_at)
        for one in traces_of(scam.body)
        if one.kind == "near"
    )
    assert find(moderator, scam).groups == []


def test_short_texts_are_not_compared(sent: Sent, moderator: User) -> None:
    [asked] = sent("Is it still for sale, please?")
    sent("Is this still for sale, please?")
    assert find(moderator, asked).groups == []


def test_an_edited_message_is_found_by_its_earlier_words(
    confirmed: Message, shopper: User, conversation: Conversation, moderator: User
) -> None:
    said = say(shopper, conversation, "Hello")
    Message.objects.filter(pk=said.pk).update(body="Call +34 612 345 678")
    editing.edit(shopper, said.conversation_id, said.sequence, "Nothing to see")
    Message.objects.update(created_at=ago(minutes=1))
    said.versions.update(created_at=ago(minutes=1))
    while traces.due(0):
        pass
    [group] = find(moderator, confirmed).groups
    assert [row.message for row in group.rows] == [said]


def test_no_more_than_the_limit_are_shown(
    confirmed: Message, sent: Sent, moderator: User, settings: object
) -> None:
    settings.RECALL_MOST = 3  # type: ignore[attr-defined]
    sent(times=3)
    assert not find(moderator, confirmed).is_cut
    sent()
    matches = find(moderator, confirmed)
    assert matches.is_cut
    assert len([*matches.candidates()]) == 3


def test_a_search_reads_no_more_for_more_messages(
    confirmed: Message, sent: Sent, moderator: User, django_assert_max_num_queries: object
) -> None:
    sent(times=5)
    sent("Nothing", times=20)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        find(moderator, confirmed)


def test_the_same_picture_is_found_even_recompressed(
    confirmed: Message, sent: Sent, moderator: User
) -> None:
    near, far = sent("Look at this", times=2)
    for message, value in ((confirmed, -1), (near, -1 ^ 0b1101), (far, 0x0F0F)):
        File.objects.create(
            message=message,
            conversation=message.conversation,
            owner=message.sender,
            client_id=uuid.uuid4(),
            kind="image",
            name="qr.png",
            extension="png",
            size=1,
            picture_hash=value,
        )
    [group] = find(moderator, confirmed).groups
    assert (group.kind, [row.message for row in group.rows]) == ("picture", [near])
