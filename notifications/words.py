"""A notification's text: stored, or made in the reader's language."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from .models import News


ANNOUNCEMENT = "announcement"  # the kind of subject whose text is in the row


class Words(NamedTuple):
    """The title and the text of a notification, in its reader's language."""

    title: str
    text: str
    icon: str = "shield"  # the site's own; in `icons.svg`
    sender: str = ""  # who sent it, if the title doesn't say


def words_of(news: "News") -> Words:
    """Return the text of news, see `NEWS_WORDS` and `NEWS_EXCERPTS`."""
    if news.subject_kind == ANNOUNCEMENT:
        return Words(news.title, news.excerpt, "megaphone", announcement_sender())
    if path := settings.NEWS_WORDS.get(news.subject_kind):
        return cast("Words", _function(path)(news))
    path = settings.NEWS_EXCERPTS.get(news.subject_kind)
    return Words(news.title, _function(path)(news.excerpt) if path else news.excerpt)


@cache
def _function(path: str) -> Callable[..., Any]:
    return cast("Callable[..., Any]", import_string(path))


def announcement_sender() -> str:
    """Return who sent an announcement, in the reader's language: the site, never a person."""
    return _("Announcement from %(site)s") % {"site": settings.SITE_NAME}
