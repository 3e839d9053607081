"""The subject of a staff decision: the item, and the people responsible for it."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext

from messaging.host import host, product_model
from messaging.models import Conversation, Decision, HeldMessage, Message, Objection, Report
from messaging.moderation import actions as moderation
from messaging.reports import things
from messaging.review.actions import is_undecided
from trato.audit.actions import require_permission
from trato.people import Person, is_deleted
from trato.responses import key_from

from .ruling import Measure

QUOTED_MAX = 500  # characters of a message in the facts
PEOPLE_MAX = 100  # in one decision


@dataclass(frozen=True, kw_only=True)
class Matter:
    """The item that staff decide about, and `people`: at least one person to decide about.

    Args:
        may_read: whether the page may quote the message. Once its report is closed or the held
            message is decided, staff read it in its conversation, which is recorded.
    """

    people: list[Any] = field(default_factory=list)
    report: Report | None = None
    held: HeldMessage | None = None
    message: Message | None = None
    conversation: Conversation | None = None
    product: Any = None
    objection: Objection | None = None  # to a rule that has found something
    may_read: bool = True

    @property
    def about(self) -> str:
        """The text with which the page says what the decision is about."""
        if words := self._words():
            return Truncator(words.body).chars(QUOTED_MAX)
        if self.report is not None:
            return f"{self.report.kind_text}: {things.name_of(self.report)}"
        if self.product is not None:
            return host.product_title(self.product)
        if self.objection is not None:
            return self.objection.rule.name
        return ""

    @property
    def rule(self) -> str:
        """The name of the shield rule that found the item; empty if none did."""
        if self.objection is not None:
            return self.objection.rule.name
        return self.held.reason if self.held is not None else ""

    def parts(self) -> list["Matter"]:
        """Return a matter for each person, or one for all of them if the item is shared."""
        if self.report is not None or self.product is not None:
            return [self]
        return [replace(self, people=[person]) for person in self.people]

    def measures(self, actor: Person) -> list[Decision.Measure]:
        """Return the measures that staff can choose from here, mildest last."""
        message, conversation = self.message, self.conversation
        possible: dict[Decision.Measure, bool] = {
            Measure.REMOVE: message is not None
            and message.removed_at is None
            and actor.has_perm("messaging.remove_message"),
            Measure.REJECT: self.held is not None
            and self.held.state == HeldMessage.State.WAITING
            and actor.has_perm("messaging.review_held_message"),
            Measure.CLOSE: conversation is not None and not conversation.ended_at,
            Measure.HIDE: self.product is not None
            and not host.is_hidden(self.product)
            and host.may_hide_product(actor),
            Measure.SUSPEND: all(host.may_suspend(actor, person) for person in self.people),
            Measure.DISMISS: self.report is not None,
        }
        if self.held is not None and not self.held.reason:
            return [Measure.REJECT] if possible[Measure.REJECT] else []
        is_gone = any(map(is_deleted, self.people))
        return [
            one
            for one in Measure
            if possible.get(one, not is_gone) and not (is_gone and one == Measure.SUSPEND)
        ]

    def initial(self) -> dict[str, Any]:
        """Return the form's initial values, in the language of the people who will read them."""
        languages = {getattr(one, host.person_language_field or "", "") for one in self.people}
        chosen = languages.pop() if len(languages) == 1 else ""
        with translation.override(chosen or translation.get_language()):
            return self._initial()

    def _initial(self) -> dict[str, Any]:
        keys = [person.pk for person in self.people]
        latest = Decision.objects.filter(person__in=keys).order_by("-pk")
        initial: dict[str, Any] = {"seen": latest.values_list("pk", flat=True).first() or 0}
        if self.report is not None:
            initial["clause"] = self.report.get_reason_display()
        if words := self._words():
            initial["reason"] = gettext("On %(day)s you wrote: “%(words)s”") % {
                "day": date_format(localtime(words.created_at), "DATE_FORMAT"),
                "words": Truncator(words.body).chars(QUOTED_MAX),
            }
        return initial

    def _words(self) -> Message | HeldMessage | None:
        return (self.message or self.held) if self.may_read else None


def matter_of(actor: Person, asked: QueryDict) -> Matter | None:
    """Return what a URL's parameters name; None if staff have to record a look first.

    Args:
        asked: `report`, `held`, `objection`, `product` or `message`, or one or several `person`.

    Raises:
        PermissionDenied: the actor may not see it.
        Http404: there is no such item.
    """
    if key := key_from(asked.get("report", "")):
        require_permission(actor, "messaging.view_report")
        related = Report.objects.select_related("message__conversation", *things.RELATED)
        return _of_report(get_object_or_404(related, pk=key))
    if key := key_from(asked.get("held", "")):
        return _of_held(actor, key)
    if key := key_from(asked.get("objection", "")):
        require_permission(actor, "messaging.view_objection")
        hits = Objection.objects.select_related("sender", "conversation", "rule")
        hit = get_object_or_404(hits, pk=key)
        return Matter(people=[hit.sender], objection=hit, conversation=hit.conversation)
    if key := key_from(asked.get("product", "")):
        require_permission(actor, "messaging.view_report")
        product = get_object_or_404(product_model()._default_manager.all(), pk=key)
        is_known = host.is_available(product) or host.is_hidden(product)
        if not (is_known or Report.objects.filter(product=product.pk).exists()):
            raise Http404("a draft, which is its owners' own")
        if owners := things.owners_of_product(product):
            return Matter(people=owners, product=product)
        raise Http404("nobody answers for it")
    if key := key_from(asked.get("message", "")):
        return _of_message(actor, key)
    people = people_in(asked)
    if not people:
        raise Http404("nobody to decide about")
    return Matter(people=people)


def people_in(asked: QueryDict) -> list[Any]:
    """Return the people whom a URL's parameters name, at most `PEOPLE_MAX`."""
    keys = [key for text in asked.getlist("person")[:PEOPLE_MAX] if (key := key_from(text))]
    return list(get_user_model()._default_manager.filter(pk__in=keys).order_by("pk"))


def _of_report(report: Report) -> Matter:
    people = things.people_behind(report)
    if not people:
        raise Http404("nobody answers for it")
    message = report.message
    conversation = message.conversation if message else report.conversation
    return Matter(
        people=people,
        report=report,
        message=message,
        conversation=conversation,
        product=report.product if report.product_id else None,
        may_read=not report.outcome,
    )


def _of_held(actor: Person, key: int) -> Matter:
    require_permission(actor, "messaging.review_held_message")
    related = HeldMessage.objects.select_related("sender", "conversation")
    held = get_object_or_404(related, pk=key)
    # No rule held a message that is only waiting behind another. Staff can only refuse to deliver
    # it.
    if not held.reason and held.state != HeldMessage.State.WAITING:
        raise Http404("nothing to decide about")
    return Matter(
        people=[held.sender],
        held=held,
        conversation=held.conversation,
        may_read=is_undecided(held),
    )


def _of_message(actor: Person, key: int) -> Matter | None:
    related = Message.objects.select_related("sender", "conversation")
    message = get_object_or_404(related, pk=key)
    _conversation, look = moderation.looked_into(actor, message.conversation_id)
    if look is None or message.created_at > look.created_at:
        return None
    return Matter(people=[message.sender], message=message, conversation=message.conversation)
