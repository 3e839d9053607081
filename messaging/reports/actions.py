"""Report something to staff. Each function is safe to repeat with the same text."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from messaging import access
from messaging.host import Product, Shop, host
from messaging.models import NOT_HIDDEN, Conversation, MutedReporter, Report, Side
from trato import rate_limits
from trato.errors import Refused
from trato.people import Person
from trato.text import has_control_characters

from . import cases, notices, things

REPORT_WORDS_MAX = Report._meta.get_field("words").max_length or 0
NAME_MAX = Report._meta.get_field("person_name").max_length
TITLE_MAX = Report._meta.get_field("product_title").max_length  # a host's titles may be longer


@dataclass(frozen=True)
class Visitor:
    """Somebody without an account who reports a product or a shop.

    Args:
        name, email: may be empty in a report about child safety.
        language: the language of the emails.
        address: the result of `rate_limits.address`.
        ipv6_site: the result of `site_of`.
    """

    name: str
    email: str
    language: str
    address: str
    ipv6_site: str = ""


@rate_limits.given_back_on_failure
@transaction.atomic
def report_message(
    actor: Person, conversation_id: int, sequence: int, reason: str, words: str
) -> Report:
    """Report a message of the other side to staff.

    Args:
        reason: one of `Report.REASONS` of its kind.
        words: a description, which may be empty; at most `REPORT_WORDS_MAX` characters.

    Raises:
        Http404: there is no such message, it is from the actor's own side, or it has been removed
            or withdrawn.
        Refused: `invalid` for the reason or the words, `too_long` for the words, `conflict` if the
            actor has already reported the message with another reason or other words,
            `rate_limited` after too many reports.
    """
    conversation = access.conversation_for(actor, conversation_id)
    other = conversation.side_of(actor.pk).other
    message = conversation.messages.filter(sequence=sequence, side=other, **NOT_HIDDEN).first()
    if message is None:
        raise Http404("no such message to report")
    return _file(actor, {"message": message}, reason, words)


@rate_limits.given_back_on_failure
@transaction.atomic
def report_conversation(actor: Person, conversation_id: int, reason: str, words: str) -> Report:
    """Report the other side for its behaviour in a conversation as a whole.

    Raises:
        Http404: there is no such conversation, or the actor doesn't take part in it.
        Refused: as for `report_message`.
    """
    conversation = access.conversation_for(actor, conversation_id)
    return _file(actor, {"conversation": conversation}, reason, words)


@rate_limits.given_back_on_failure
@transaction.atomic
def report_person(
    actor: Person, conversation_id: int, person_id: int, reason: str, words: str
) -> Report:
    """Report somebody with whom the actor has talked.

    Raises:
        Http404: see `person_in`.
        Refused: as for `report_message`.
    """
    person = person_in(access.conversation_for(actor, conversation_id), actor, person_id)
    return _file(actor, {"person": person}, reason, words)


def person_in(conversation: Conversation, actor: Person, person_id: int) -> Any:
    """Return a person on the other side of a conversation whom the actor has seen there.

    Raises:
        Http404: there is no such person: neither the shopper, nor a member who wrote for the shop.
    """
    person = get_user_model()._default_manager.filter(pk=person_id).first()
    if person is None or person_id == actor.pk:
        raise Http404("no such person to report")
    if conversation.side_of(actor.pk) == Side.SELLER:
        is_seen = conversation.consumer_id == person_id
    else:
        written = conversation.messages.filter(sender=person, side=Side.SELLER)
        is_seen = written.filter(is_automatic=False).exists()
    if not is_seen:
        raise Http404("no such person to report")
    return person


@rate_limits.given_back_on_failure
@transaction.atomic
def report_product(actor: Person, product: Product, reason: str, words: str) -> Report:
    """Report a product that everybody can see.

    Raises:
        Http404: see `require_reportable`.
        Refused: as for `report_message`.
    """
    require_reportable(actor, product=product)
    return _file(actor, {"product": product}, reason, words)


@rate_limits.given_back_on_failure
@transaction.atomic
def report_shop(actor: Person, shop: Shop, reason: str, words: str) -> Report:
    """Report a shop. Raises the same exceptions as `report_product`."""
    require_reportable(actor, shop=shop)
    return _file(actor, {"shop": shop}, reason, words)


def require_reportable(
    actor: Person | None, *, product: Product | None = None, shop: Shop | None = None
) -> None:
    """Raise Http404 for what isn't public, and for the actor's own shop and its products."""
    if product is not None and not host.is_available(product):
        raise Http404("no such product to report")
    seller = host.shop_of(product) if product is not None else shop
    if seller is None or (actor is not None and host.is_member(actor.pk, seller.pk)):
        raise Http404("nothing of others to report")


@rate_limits.given_back_on_failure
@transaction.atomic
def report_as_visitor(
    visitor: Visitor,
    reason: str,
    words: str,
    *,
    product: Product | None = None,
    shop: Shop | None = None,
) -> Report | None:
    """Report a product or a shop without an account.

    Returns:
        The report; None if there already is one about this from the same email address: then
        nothing is stored, and only the owner of the address may learn more.

    Raises:
        Http404: see `require_reportable`.
        Refused: `invalid`, `too_long`, `rate_limited`.
    """
    require_reportable(None, product=product, shop=shop)
    thing: dict[str, Any] = {"product": product} if product is not None else {"shop": shop}
    words = _checked(next(iter(thing)), reason, words)
    if not words:
        raise Refused("invalid", _("Explain what is wrong."))
    email = visitor.email.lower()
    if not email and reason != Report.Reason.CHILD_SAFETY:
        raise Refused("invalid", _("Enter your name and your email."))
    rate_limits.hit("VISITOR_REPORTS_PER_HOUR", visitor.address)
    if visitor.ipv6_site:
        rate_limits.hit("VISITOR_REPORTS_PER_HOUR_AND_IPV6_SITE", visitor.ipv6_site)
    values = {
        "reason": reason,
        "words": words,
        "product_title": _title_of(product),
        **things.blamed_for(thing, None),
        "visitor_name": visitor.name,
        "visitor_language": visitor.language,
    }
    if not email:
        row, is_new = Report.objects.create(**thing, **values), True
    else:
        row, is_new = Report.objects.get_or_create(**thing, visitor_email=email, defaults=values)
    if is_new:
        cases.opened(row)
    return row if is_new else None


def _title_of(product: Product | None) -> str:
    return host.product_title(product)[:TITLE_MAX] if product is not None else ""


def _name_of(person: Person | None) -> str:
    return host.display_name(person)[:NAME_MAX] if person is not None else ""


def _file(actor: Person, thing: dict[str, Any], reason: str, words: str) -> Report:
    """File a report about an item, given by its column, with a receipt for the actor."""
    words = _checked(next(iter(thing)), reason, words)
    muted = MutedReporter.objects.filter(user_id=actor.pk)
    report, created = Report.objects.get_or_create(
        **thing,
        reporter_id=actor.pk,
        defaults={
            "reason": reason,
            "words": words,
            "product_title": _title_of(thing.get("product")),
            "person_name": _name_of(thing.get("person")),
            "is_set_aside": muted.exists(),
            **things.blamed_for(thing, actor.pk),
        },
    )
    if created:
        rate_limits.hit("REPORTS_PER_HOUR", actor.pk)
        cases.opened(report)
        notices.send_receipt(report, actor)
    elif (report.reason, report.words) != (reason, words):
        raise Refused("conflict", _("You've already reported this."))
    return report


def _checked(kind: str, reason: str, words: str) -> str:
    """Return the words as they will be stored, if they and the reason are valid."""
    if reason not in Report.REASONS[kind]:
        raise Refused("invalid", _("Choose one of the reasons."))
    words = normalize_newlines(words).strip()
    if len(words) > REPORT_WORDS_MAX:
        raise Refused("too_long", _("That is too long for a report. Please shorten it."))
    if has_control_characters(words, allowed="\n\t"):
        raise Refused("invalid", _("The message contains characters that can't be shown."))
    return words
