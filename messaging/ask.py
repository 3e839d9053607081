"""Asking from a product or shop page: the visitor writes first and logs in after.

What a visitor wrote waits in the session, with its `client_id`, until somebody is logged in;
then it is sent, once.
"""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.adapter import AFTER_LOGIN
from accounts.templatetags.page_user import PAGE_USER_FIELD

from . import queries

SESSION_KEY = "pending_question"
PENDING_MAX_CHARACTERS = 4 * settings.MESSAGE_MAX_CHARACTERS


@dataclass(frozen=True)
class Question:
    """What somebody wants to ask, before it is a message.

    `writer` is the id of the person whose page it was written on, if that was somebody's.
    """

    path: str
    body: str
    client_id: uuid.UUID
    writer: str = ""

    @classmethod
    def from_post(cls, request: HttpRequest) -> "Question":
        """The question of a form; a missing or broken `client_id` gets a new one."""
        try:
            client_id = uuid.UUID(request.POST.get("client_id", ""))
        except ValueError:
            client_id = uuid.uuid4()
        writer = request.POST.get(PAGE_USER_FIELD, "")[:20]
        return cls(request.path, request.POST.get("body", ""), client_id, writer)

    def keep(self, request: HttpRequest) -> None:
        """Let it wait in the session until its author has logged in."""
        request.session[SESSION_KEY] = {
            "path": self.path,
            "body": self.body[:PENDING_MAX_CHARACTERS],
            "client_id": str(self.client_id),
            "writer": self.writer,
        }
        request.session[AFTER_LOGIN] = self.path

    @classmethod
    def kept(cls, request: HttpRequest) -> "Question | None":
        """The question that waits for this address, if there is one and it is not another's.

        Who was logged out before they sent it may not be who logs in next.
        """
        found = request.session.get(SESSION_KEY)
        if not found or found["path"] != request.path:
            return None
        user = request.user
        if user.is_authenticated and found.get("writer") not in (None, "", str(user.pk)):
            return None
        return cls(found["path"], found["body"], uuid.UUID(found["client_id"]))


def forget(request: HttpRequest) -> None:
    """Nothing waits any longer."""
    for key in (SESSION_KEY, AFTER_LOGIN):
        request.session.pop(key, None)


def ready_questions() -> list[str]:
    """Three questions that are asked again and again."""
    return [
        _("Is this still available?"),
        _("How long does delivery take?"),
        _("Can it be customised?"),
    ]


def panel(user_id: int | None, shop_id: int, product_id: int | None) -> dict[str, object]:
    """The context of the panel "Ask the seller", from one query."""
    answers = queries.shop_answers(shop_id, product_id, user_id)
    return {
        "mine": answers.mine,
        "is_own_shop": answers.is_own,
        "ready_questions": ready_questions() if product_id else [],
        "reply_time": _reply_time(answers),
        "client_id": uuid.uuid4(),
        "max_characters": settings.MESSAGE_MAX_CHARACTERS,
    }


def _reply_time(answers: queries.ShopAnswers) -> str:
    """The usual answer in words: what holds for at least half, of at least three answers."""
    if answers.answered < 3:
        return ""
    if answers.within_hour * 2 >= answers.answered:
        return _("Usually answers within an hour")
    if answers.within_day * 2 >= answers.answered:
        return _("Usually answers within a day")
    return _("Usually takes more than a day to answer")
