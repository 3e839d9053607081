"""Find ways to contact or pay somebody off the site."""

from bisect import bisect_left

from . import prefilter
from .drawn_names import undrawn
from .emails import emails
from .findings import Finding, without_overlaps
from .folding import Folded, fold
from .harmless_numbers import NOT_A_NUMBER
from .links import links
from .messengers import messengers
from .payments import ibans, payments
from .phones import phones


def find(text: str, language: str | None = None, side: str | None = None) -> list[Finding]:
    """Return the ways to contact or pay somebody off the site that a text contains, in order.

    Both languages are searched in any text, since people mix them.

    Args:
        language: the writer's, such as "es"; for rules that staff write for one language.
        side: the writer's; for rules that staff write for one side.
    """
    if not prefilter.may_contain_contacts(text):
        return []
    view = undrawn(fold(text))
    findings = [*emails(view), *ibans(view)]
    view = _without(view, findings)
    web = links(view)
    findings += web
    view = _without(view, web)
    findings += [*phones(view), *payments(view), *messengers(view)]
    kept = without_overlaps(findings)
    return [finding for finding in kept if finding.rule != "own"]


def _without(view: Folded, findings: list[Finding]) -> Folded:
    """Blank findings, so that their parts aren't found again."""
    characters = list(view.text)
    for finding in findings:
        start, end = bisect_left(view.starts, finding.start), bisect_left(view.starts, finding.end)
        characters[start:end] = NOT_A_NUMBER * (end - start)
    return Folded("".join(characters), view.starts)
