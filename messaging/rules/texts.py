"""Texts that a shop writes once and the site then sends automatically, such as away replies.

Automatic messages are exempt from the rules, so the rules check these texts when they are saved.
"""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from messaging.models import ShieldRule, Side
from messaging.trust.queries import age_of
from trato.errors import Refused, when_shown
from trato.people import Person

from . import hits, snapshot
from .confirmations import described
from .deciding import STRENGTH
from .situations import Situation

STOPPED = _("Automatic answers can't be sent like this.")


def judge(actor: Person, text: str) -> str:
    """Return the rules' warning about a shop's text; empty if there is none.

    Raises:
        Refused: `forbidden` if a rule would mask, hold or refuse a message with this text.
    """
    rules = snapshot.fresh() or snapshot.load()
    if not rules.fires(text):
        return ""
    language = get_language() or ""
    answers = Situation(Side.SELLER, language, age_of(actor), is_answered=True, category="")
    suiting = [one.rule for one in rules.matches(text, language) if answers.suits(one.rule)]
    if not suiting:
        return ""
    hits.count(suiting)
    strongest = max(suiting, key=lambda rule: STRENGTH[rule.effect])
    if strongest.effect == ShieldRule.Action.WARN:
        return described(suiting)
    raise Refused("forbidden", when_shown(lambda: f"{described(suiting)} {STOPPED}"))
