"""The text shown to the writer of a questioned message, and the data with which a client asks."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from messaging.shield.masking import mask
from trato.errors import Refused, when_shown

from .kinds import LOOKS_LIKE, SCAMS
from .models import ShieldRule
from .snapshot import Match, findings_of

Action = ShieldRule.Action

WHY = gettext_lazy("If something goes wrong outside this site, we can't help you.")
WHY_SCAM = gettext_lazy("Messages like this one are often a scam.")
IN_PICTURE = gettext_lazy("QR codes, names and descriptions of files count like the text.")
CHOICES: dict[str, Promise] = {
    Action.WARN: gettext_lazy("If we're wrong, you can send it anyway."),
    Action.MASK: gettext_lazy("If we're wrong, say so: our staff will then check it first."),
    Action.REFUSE: gettext_lazy("It can't be sent like this. If we're wrong, say so."),
}
OBJECTED = gettext_lazy(
    "It can't be sent like this. Our staff will read that you think this is wrong."
)
EDITED = gettext_lazy("A message that was sent can't be changed like this.")


class ShieldFinding(Struct):
    """A part of the text that a rule questions, as offsets in code points; `end` is exclusive."""

    start: int
    end: int
    kind: str
    rule: str


class Shield(Struct):
    """The reason for questioning a message, and the writer's options.

    Args:
        action: what the strongest rule does: warn, mask or refuse.
        findings: the parts of the text, in order; a scam has none.
        masked: the text without these parts; None if masking doesn't help.
        may_insist: whether resending the message with `insists` would change the response.
    """

    action: str
    findings: list[ShieldFinding]
    masked: str | None
    may_insist: bool


class Questioned(Refused):
    """A message that rules question. It isn't stored.

    Args:
        matches: the rules, and what they found in the text.
        action: what the strongest rule does.
    """

    shield: Shield

    def __init__(
        self, body: str, matches: list[Match], action: str, *, insists: bool, is_edit: bool
    ) -> None:
        rules = [match.rule for match in matches]
        is_in_picture = any(match.is_in_picture for match in matches)
        end = EDITED if is_edit else OBJECTED if insists else CHOICES[action]
        in_picture = IN_PICTURE if is_in_picture else ""
        super().__init__("forbidden", when_shown(lambda: _detail(rules, in_picture, end)))
        findings = findings_of(matches)
        self.body = body
        self.shield = Shield(
            action,
            [ShieldFinding(one.start, one.end, one.kind, one.rule) for one in findings],
            None
            if is_edit or is_in_picture or any(rule.detector in SCAMS for rule in rules)
            else _masked(body, matches),
            may_insist=not (insists or is_edit),
        )

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The text in parts, each with whether a rule questions it."""
        parts: list[tuple[str, bool]] = []
        place = 0
        for one in self.shield.findings:
            if one.end > place:
                start = max(one.start, place)
                parts += [(self.body[place:start], False), (self.body[start : one.end], True)]
                place = one.end
        return [*parts, (self.body[place:], False)]


def _masked(body: str, matches: list[Match]) -> str | None:
    masked = mask(body, findings_of(matches))
    return masked if any(map(str.isalnum, masked)) else None


def _detail(rules: Sequence[ShieldRule], in_picture: Promise | str, end: Promise | str) -> str:
    looks = [str(rule.label or LOOKS_LIKE[rule.kind]) for rule in rules]
    what = _("This looks like %(what)s.") % {
        "what": get_text_list(list(dict.fromkeys(looks)), _("and"))
    }
    why = WHY_SCAM if any(rule.detector in SCAMS for rule in rules) else WHY
    return " ".join(filter(None, (what, str(in_picture), str(why), str(end))))


def described(rules: Sequence[ShieldRule]) -> str:
    """Return what a text looks like to the rules, and why we ask."""
    return _detail(rules, "", "")
