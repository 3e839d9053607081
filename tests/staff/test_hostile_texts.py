"""Whatever people write into any text field, every page of the admin shows it as text."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError, models, transaction

from accounts.models import User
from tests.staff.addresses import address, of
from tests.staff.rows import fill
from trato.audit.actions import record

pytestmark = pytest.mark.django_db

HOSTILE = "\"'><xss>"
APPS = ("accounts", "catalog", "messaging", "notifications")
# Codes that programs compare or look up, and that no person writes.
CODES = {
    "attached", "done", "excerpt", "host", "kind", "language", "password", "pattern", "subject",
    "subject_kind", "time_zone", "url", "visitor_language",
}  # fmt: skip


def texts() -> list[tuple[type[models.Model], str]]:
    """Return every field of our models that holds text written by people."""
    return [
        (model, field.name)
        for label in APPS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.SlugField | models.GeneratedField | models.FileField)
        and not field.choices
        and field.name not in CODES
        and (field.max_length or 99) >= len(HOSTILE)
    ]


def poison(chief: User) -> int:
    """Write hostile text into every field; return the number of rows."""
    changed = 0
    for model, name in texts():
        for row in model._default_manager.all():
            try:
                with transaction.atomic():
                    rows = model._default_manager.filter(pk=row.pk)
                    changed += rows.update(**{name: HOSTILE})
            except DatabaseError:  # a constraint, or another row has the same unique text
                continue
    record(chief, "user.restored", "user:0", HOSTILE)
    return changed


def test_every_text_is_shown_as_text_on_every_page_of_the_admin(
    chief: User, client_of: Any
) -> None:
    fill(1)
    assert poison(chief) > 60
    client, escaped = client_of(chief), set()
    for model in admin.site._registry:
        rows = model._default_manager.all()[:3]
        for page in (address(model), *(of(row) for row in rows)):
            text = client.get(page).text
            assert "<xss>" not in text, page
            if "&lt;xss&gt;" in text:
                escaped.add(model._meta.model_name)
    written = {"appeal", "conversation", "decision", "heldmessage", "message", "product", "report"}
    assert escaped >= written | {"auditentry", "shop", "user"}


def test_the_pages_on_which_staff_act_show_texts_as_text(chief: User, client_of: Any) -> None:
    fill(1)
    poison(chief)
    client = client_of(chief)
    first = {name: row(name) for name in ("report", "heldmessage", "decision", "appeal")}
    decide = "/admin/messaging/decision/decide/"
    thread = f"/admin/messaging/conversation/{first['heldmessage'].conversation_id}/thread/"
    assert client.post(thread, {"reason": "Odd"}).status_code == 302
    for page in (
        thread,
        f"{decide}?report={first['report'].pk}",
        f"{decide}?held={first['heldmessage'].pk}",
        f"{decide}?person={first['decision'].person_id}",
        of(first["report"], "upheld/resolve/"),
        of(first["report"], "mute/"),
        f"{decide}?held={first['heldmessage'].pk}&measure=reject",
        of(first["decision"], "undo/"),
        of(first["appeal"], "decide/"),
    ):
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert "<xss>" not in answer.text, page
        assert "&lt;xss&gt;" in answer.text, page


def row(name: str) -> Any:
    model: Any = next(one for one in admin.site._registry if one._meta.model_name == name)
    return model._default_manager.order_by("pk").first()
