"""The statement of reasons in the reader's language: templates, filled from a decision.

A statement with a placeholder that nothing fills is never stored or sent.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from messaging.host import host
from messaging.models import Decision

Measure = Decision.Measure
PLACEHOLDER = re.compile(r"\{\{.*?\}\}|%\(\w+\)s", re.DOTALL)
QUOTED_MAX = 120  # characters of a conversation's name

TITLES = {
    Measure.REMOVE: gettext_lazy("We removed your message"),
    Measure.REJECT: gettext_lazy("We didn't deliver your message"),
    Measure.CLOSE: gettext_lazy("We closed a conversation"),
    Measure.HIDE: gettext_lazy("We took a product of yours off sale"),
    Measure.WARN: gettext_lazy("A warning from our staff"),
    Measure.LIMIT: gettext_lazy("We limited your account"),
    Measure.MUTE: gettext_lazy("We muted you"),
    Measure.SUSPEND: gettext_lazy("We suspended your account"),
}
# What each measure means for the person.
EFFECTS = {
    Measure.REMOVE: gettext_lazy(
        "Your message in the conversation about “%(about)s” is hidden from both sides."
    ),
    Measure.REJECT: gettext_lazy(
        "Your message in the conversation about “%(about)s” was not delivered. Only you can see it."
    ),
    Measure.CLOSE: gettext_lazy(
        "Nobody can write in the conversation about “%(about)s” any more. You can still read it."
    ),
    Measure.HIDE: gettext_lazy("“%(about)s” is hidden from shoppers, and you can't publish it."),
    Measure.WARN: gettext_lazy("You can go on as before. Please keep to our rules."),
    Measure.LIMIT: gettext_lazy(
        "Until %(until)s you can only start a few conversations a day, and send a few messages to "
        "shops that haven't answered you."
    ),
    Measure.MUTE: gettext_lazy(
        "Until %(until)s you can read, but not write, edit, react or start conversations."
    ),
    Measure.SUSPEND: gettext_lazy("Until %(until)s you can't log in, read or write."),
}
FOR_GOOD = gettext_lazy("You can't log in, read or write any more.")
GROUNDS = {
    Decision.Ground.TERMS: gettext_lazy("This is against our rules: %(clause)s."),
    Decision.Ground.LAW: gettext_lazy("This is illegal content: %(clause)s."),
}
SOURCES = {
    Decision.Source.REPORT: gettext_lazy("Somebody reported it to us."),
    Decision.Source.LOOK: gettext_lazy("Our staff noticed it themselves."),
    Decision.Source.RULE: gettext_lazy("One of our automatic rules found it."),
}
AUTOMATION = {
    (False, False): gettext_lazy("A person found it and decided, without automatic means."),
    (True, False): gettext_lazy("It was found automatically. A person decided."),
    (False, True): gettext_lazy("A person found it. It was decided automatically."),
    (True, True): gettext_lazy("It was found and decided automatically."),
}
REDRESS = gettext_lazy(
    "If you think this is wrong, you can appeal here until %(deadline)s, free of charge. Somebody "
    "else will look at it again. You can also go to a certified out-of-court dispute settlement "
    "body, or to court."
)
END_FOR_GOOD = pgettext_lazy("how long a decision holds", "For good")


@dataclass(frozen=True)
class Statement:
    """The plain text that a person reads about a decision. A warning has no `until`."""

    title: str
    effect: str
    scope: str
    until: str
    facts: str
    ground: str
    explanation: str
    source: str
    automation: str
    redress: str


def statement_of(decision: Decision) -> Statement:
    """Return a decision's statement of reasons in the reader's language and time zone.

    Raises:
        ValidationError: something is missing from it.
    """
    until = _time(decision.ends_at) if decision.ends_at else ""
    values = {
        "about": about(decision),
        "until": until,
        "clause": require_no_gap(decision.clause).rstrip(". "),
        "deadline": _time(decision.appeal_until) if decision.appeal_until else "",
    }
    measure = Measure(decision.measure)
    is_for_good = measure == Measure.SUSPEND and not until
    automatic = decision.is_found_automatically, decision.is_decided_automatically
    return Statement(
        title=str(TITLES[measure]),
        effect=_filled(FOR_GOOD if is_for_good else EFFECTS[measure], values),
        scope=decision.get_scope_display(),
        until=until or ("" if measure == Measure.WARN else str(END_FOR_GOOD)),
        facts=require_no_gap(decision.facts),
        ground=_filled(GROUNDS[Decision.Ground(decision.ground)], values),
        explanation=require_no_gap(decision.explanation),
        source=str(SOURCES[Decision.Source(decision.source)]),
        automation=str(AUTOMATION[automatic]),
        redress=_filled(REDRESS, values),
    )


def require_complete(decision: Decision) -> None:
    """Make sure that the statement can be read in every language of the site.

    Raises:
        ValidationError: a placeholder in it is not filled.
    """
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            statement_of(decision)


def about(decision: Decision) -> str:
    """Return the shortened name of the product or conversation; empty if there is neither."""
    if decision.measure == Measure.HIDE:
        title = host.product_title(decision.product) if decision.product else _("Deleted product")
        return Truncator(title).chars(QUOTED_MAX)
    row = decision.message.conversation if decision.message else decision.conversation
    return Truncator(row.product_title or row.shop_name).chars(QUOTED_MAX) if row else ""


def named(measure: Measure, name: str) -> str:
    """Return a sentence that names what a decision is about; empty without a name.

    Args:
        name: as `about` returns it.
    """
    if not name:
        return ""
    if measure == Measure.HIDE:
        return _("It is about the product “%(title)s”.") % {"title": name}
    return _("It is about the conversation “%(about)s”.") % {"about": name}


def _filled(template: object, values: dict[str, str]) -> str:
    text = str(template)
    names = re.findall(r"%\((\w+)\)s", text)
    if empty := [name for name in names if not values.get(name, "").strip()]:
        raise ValidationError(
            _("The notice lacks a value for “%(name)s”."),
            code="incomplete",
            params={"name": empty[0]},
        )
    return text % values


def require_no_gap(words: str) -> str:
    """Return staff's text if it has no unfilled placeholder: it may come from a template.

    Raises:
        ValidationError: a placeholder is unfilled, or the text is blank.
    """
    gap = PLACEHOLDER.search(words)
    if gap or not words.strip():
        raise ValidationError(
            _("The notice still has a gap: “%(gap)s”. Fill it in."),
            code="incomplete",
            params={"gap": gap.group() if gap else "…"},
        )
    return words


def _time(time: datetime) -> str:
    local = timezone.localtime(time)
    return f"{date_format(local, 'DATE_FORMAT')}, {date_format(local, 'G:i T')}"
