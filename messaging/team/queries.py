"""How a shop's team works together, and whether a reply takes a conversation."""

from django.db.models import Exists

from messaging.host import Shop, host
from messaging.models import Conversation, TeamRules


def rules_of(shop: Shop) -> TeamRules:
    """Return a shop's rules to show and change them; unsaved if it has the defaults."""
    row = TeamRules.objects.filter(shop_id=shop.pk).first() or TeamRules()
    row.shop = shop
    return row


def takes(conversation: Conversation, sender_id: int) -> bool:
    """Whether a reply assigns a conversation to its sender, who is on the seller side.

    It does if no current member of the shop is assigned, the sender has colleagues, and the shop
    has not switched it off. Makes a query, unless the conversation is the sender's already.
    `sql.takes` is the same.
    """
    if conversation.assignee_id == sender_id:
        return False
    is_off = TeamRules.objects.filter(shop_id=conversation.shop_id, replying_takes=False)
    members = host.active_members().filter(shop_id=conversation.shop_id).order_by()
    team = set(members.exclude(Exists(is_off)).values_list("user_id", flat=True))
    return len(team) > 1 and sender_id in team and conversation.assignee_id not in team
