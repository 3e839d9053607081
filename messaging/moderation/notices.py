"""Notices about decisions of staff. They never say who reported or decided.

The notifications store codes. `NEWS_WORDS` makes words of them in the reader's language.
"""

from django.utils.translation import gettext as _

from messaging.held.words import why_hidden
from messaging.host import host
from messaging.models import Report
from messaging.reports import outcomes
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words

HIDDEN_KIND = "hidden"  # the subject is a product


def notify_shop_of_hidden(report: Report) -> None:
    """Notify those who manage a shop that a product of theirs is off sale, and why."""
    product = report.product
    shop_id = host.shop_of(product).pk
    notifications.notify(
        host.managers_of(shop_id),
        subject_kind=HIDDEN_KIND,
        subject_id=product.pk,
        title=host.product_title(product),
        excerpt=report.reason,
        url=host.product_url(product),
        team_id=shop_id,
    )


def hidden_words(news: News) -> Words:
    """Return what a shop reads about a product that is off sale: which, why, how to object."""
    what = _("“%(title)s” is hidden from shoppers, and you can't publish it.")
    text = " ".join([what % {"title": news.title}, why_hidden(news.excerpt), outcomes.objection()])
    return Words(_("We took a product of yours off sale"), text)
