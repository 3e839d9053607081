"""Notifications about a shop's team: somebody joined, has a new role, or was removed.

The notifications store codes and names. `NEWS_WORDS` turns them into the reader's language.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words

from .models import Shop, ShopMember

# The subject is a person, except for a removal, which is about a shop.
JOINED_KIND, ROLE_KIND, REMOVED_KIND = "team_joined", "team_role", "team_removed"
ICON = "user"


def notify_of_joining(person: User, shop: Shop) -> None:
    """Notify the others on the team that somebody has joined."""
    members = ShopMember.objects.filter(shop=shop, user__is_active=True).exclude(user=person)
    _notify(
        list(members.values_list("user_id", flat=True)),
        JOINED_KIND,
        person.pk,
        title=person.name,
        excerpt=shop.name,
        team_id=shop.pk,
    )


def notify_of_role(user_id: int, shop: Shop, role: str) -> None:
    """Notify a person that an owner has changed their role."""
    _notify([user_id], ROLE_KIND, user_id, title=shop.name, excerpt=role, team_id=shop.pk)


def notify_of_removal(user_id: int, shop: Shop) -> None:
    """Notify a person who was removed. It isn't team news, since they can no longer see that."""
    _notify([user_id], REMOVED_KIND, shop.pk, title=shop.name, excerpt=REMOVED_KIND)


def _notify(
    recipients: list[int],
    kind: str,
    subject_id: int,
    *,
    title: str,
    excerpt: str,
    team_id: int | None = None,
) -> None:
    notifications.notify(
        recipients,
        subject_kind=kind,
        subject_id=subject_id,
        title=title,
        excerpt=excerpt,
        url=reverse("catalog:team"),
        team_id=team_id,
    )


def joined_words(news: News) -> Words:
    """Return the text that tells a team who joined."""
    names = {"name": news.title, "shop": news.excerpt}
    return Words(
        _("%(name)s joined your team") % names,
        _("%(name)s can now read and answer the conversations of %(shop)s.") % names,
        ICON,
    )


def role_words(news: News) -> Words:
    """Return the text that tells a person about their new role."""
    if news.excerpt == ShopMember.Role.OWNER:
        title = _("You're now an owner of %(shop)s")
        text = _("You can also manage the team and the shop's settings.")
    else:
        title = _("You're now an agent of %(shop)s")
        text = _(
            "You answer conversations and manage products. The team and the shop's settings are "
            "up to its owners."
        )
    return Words(title % {"shop": news.title}, text, ICON)


def removed_words(news: News) -> Words:
    """Return the text that tells a person they were removed from a team."""
    return Words(
        _("You're no longer on the team of %(shop)s") % {"shop": news.title},
        _("One of its owners has removed you. What you wrote for the shop stays with it."),
        ICON,
    )
