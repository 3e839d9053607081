"""The page for reporting a message."""

import re

import pytest
from django.test import Client

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation, Report

pytestmark = pytest.mark.django_db


def test_a_reason_is_chosen_from_radios_and_words_are_optional(
    client: Client, shopper: User, seller: User, conversation: Conversation
) -> None:
    message = MessageFactory(conversation=conversation, sender=seller)
    client.force_login(shopper)
    address = f"{conversation.get_absolute_url()}messages/{message.sequence}/report/"
    html = client.get(address).content.decode()
    radios = re.findall(r'<input type="radio" name="reason" value="(\w*)"', html)
    assert radios == [one for one, _label in Report.reasons_of("message")]  # with no empty one
    assert "What happened? (optional)" in html
    assert client.post(address, {"reason": "", "words": ""}).status_code == 400
    assert not Report.objects.exists()
    assert client.post(address, {"reason": "scam", "words": ""}).status_code == 302
    report = Report.objects.get()
    assert (report.reason, report.kind, report.about_id) == ("scam", "message", message.pk)
