"""Every multi-line field counts a line break as one character, as browsers do."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation, Report
from trato.fields import MultilineField, MultilineTextField

OURS = ("accounts", "catalog", "messaging", "notifications", "trato")
# Written by no form, or normalized by `messaging.body` and `trato.audit.actions`.
NOT_IN_FORMS = {
    "messaging.File.codes",
    "messaging.HeldMessage.body",
    "messaging.SavedReplyFile.codes",
    "messaging.Message.body",
    "messaging.MessageVersion.body",
    "messaging.KeptQuestion.body",
    "audit.AuditEntry.reason",
}


def subclasses(of: type[Any]) -> Iterator[type[Any]]:
    for one in of.__subclasses__():
        yield one
        yield from subclasses(one)


def test_every_column_of_several_lines_counts_so() -> None:
    columns = {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in OURS
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField)
    }
    assert {"catalog.Product.description", "messaging.Report.words"} <= columns.keys()
    others = {name for name, one in columns.items() if not isinstance(one, MultilineTextField)}
    assert others == NOT_IN_FORMS


def test_every_field_of_a_form_counts_so() -> None:
    ours = [one for one in subclasses(forms.BaseForm) if one.__module__.startswith(OURS)]
    fields = [
        field
        for form in ours
        for field in getattr(form, "base_fields", {}).values()
        if isinstance(field.widget, forms.Textarea)
    ]
    assert len(fields) >= 3
    assert [field.label for field in fields if not isinstance(field, MultilineField)] == []


@pytest.mark.django_db
def test_a_report_has_the_characters_that_its_writer_sees(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    MessageFactory(conversation=conversation, sender=seller)
    client, address = client_of(shopper), f"{conversation.get_absolute_url()}messages/1/report/"
    longest = "x\r\n" * 499 + "yz"  # 1,000 characters
    assert client.post(address, {"reason": "spam", "words": longest + "!"}).status_code == 400
    assert client.post(address, {"reason": "spam", "words": longest}).status_code == 302
    assert Report.objects.get().words == longest.replace("\r\n", "\n")
