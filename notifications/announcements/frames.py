"""Tell open pages about announcements, with one event for all recipients."""

from django.conf import settings
from django.utils.translation import override
from msgspec import Struct

from notifications.words import announcement_sender
from trato.realtime import groups
from trato.realtime.frames import encode

from .models import Announcement, Audience

EXCERPT_MAX = 160  # characters

# All sockets of people who don't sell, and of people who do.
SHOPPERS_GROUP, SELLERS_GROUP = "shoppers", "sellers"
GROUPS = {
    Audience.EVERYONE: (SHOPPERS_GROUP, SELLERS_GROUP),
    Audience.SHOPPERS: (SHOPPERS_GROUP,),
    Audience.SELLERS: (SELLERS_GROUP,),
}
CHANGED = "announcement.changed"  # the layer event


class Words(Struct):
    """The announcement's text in one language. `sender` says that it comes from the site."""

    sender: str
    title: str
    excerpt: str


class AnnouncementSent(Struct, tag="announcement.sent"):
    """Staff have announced something. Everybody gets the same frame: `texts` has all languages."""

    announcement: int
    url: str
    sent_at: str
    texts: dict[str, Words]


class AnnouncementWithdrawn(Struct, tag="announcement.withdrawn"):
    """Staff have withdrawn an announcement; pages must remove it."""

    announcement: int


def audience_group(*, sells: bool) -> str:
    """Return the role group that a person's sockets join for announcements."""
    return SELLERS_GROUP if sells else SHOPPERS_GROUP


def excerpt(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_MAX else f"{line[: EXCERPT_MAX - 1]}…"


def announce_sent(row: Announcement) -> None:
    """Show an announcement on open pages, on commit."""
    texts = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            text = row.text_in(language)
            texts[language] = Words(announcement_sender(), text.title, excerpt(text.text))
    sent_at = row.at.isoformat()
    _send(row, AnnouncementSent(row.pk, row.get_absolute_url(), sent_at, texts))


def announce_withdrawn(row: Announcement) -> None:
    """Remove an announcement from open pages, on commit."""
    _send(row, AnnouncementWithdrawn(row.pk))


def announce_read(user_id: int) -> None:
    """Make a person's own sockets count again, on commit."""
    groups.send_on_commit([groups.user_group(user_id)], {"type": CHANGED})


def _send(row: Announcement, frame: Struct) -> None:
    event = {"type": CHANGED, "frame": encode(frame), "people_until": row.people_until}
    groups.send_on_commit(GROUPS[Audience(row.audience)], event)
