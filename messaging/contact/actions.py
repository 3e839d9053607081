"""Send a question, either right away or after its author has logged in."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from messaging import actions
from messaging.host import Product, host
from messaging.models import Conversation, KeptQuestion
from messaging.records import Held, Sent
from trato.errors import Refused
from trato.people import Person

from . import queries


@transaction.atomic
def start_and_send(
    user: Person,
    question: KeptQuestion,
    send: Callable[..., Sent | Held],
    files: Sequence[int] = (),
) -> Conversation:
    """Start a conversation with its first message. If the message is refused, neither is stored.

    Args:
        files: IDs of files, whose upload has already started the conversation.
    """
    conversation = actions.start_conversation(user, product=question.product, shop=question.shop)
    if question.body.strip() or files:
        send(user, conversation.pk, question.client_id, question.body, files=files)
    return conversation


@transaction.atomic
def send_kept(user: Person, kept_id: int) -> list[Conversation]:
    """Send a kept question; return an empty list if another tab has sent it.

    Raises:
        Refused: as for any send; `not_found` if the product is no longer on sale.
    """
    rows = KeptQuestion.objects.select_for_update(of=("self",)).select_related("shop", "product")
    kept = rows.filter(pk=kept_id).first()
    if kept is None:
        return []
    product: Product | None = kept.product
    if product and not queries.may_be_asked_about(user, product):
        text = _("“%(title)s” is no longer on sale. You can ask the shop about it.")
        raise Refused("not_found", text % {"title": host.product_card(product).title})
    conversation = start_and_send(user, kept, actions.send_from_form)
    kept.delete()
    return [conversation]
