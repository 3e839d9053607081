"""Decide whether messages that a rule matches are sent, questioned, held or refused.

If several rules match, the one with the strongest action decides: refuse before hold, hold before
mask, mask before warn. A rule counts only where `Situation.suits` it, so a telephone number may be
questioned in one conversation and allowed in another.

Staff also look first at what `messaging.trust.spam` takes for spam, and at everything that a person
writes in a conversation after a held message. `messaging.held.holding` stores what is held.
"""

from collections.abc import Sequence

from django.utils.translation import get_language

from messaging.models import Objection, ShieldRule
from messaging.records import Attempt

from . import hits, objections
from .confirmations import Questioned
from .situations import situations
from .snapshot import Match, RuleSet

Action = ShieldRule.Action
Outcome = Objection.Outcome

STRENGTH = {action: place for place, action in enumerate(Action.values)}


def decide(rules: RuleSet, attempts: Sequence[Attempt]) -> None:
    """Set on each attempt whether it is held, or why it is refused.

    This takes no query if nothing is found, and otherwise a few for all attempts together.
    """
    matches = [
        (attempt, matches)
        for attempt in attempts
        if (
            matches := rules.matches(
                attempt.body, _language(attempt), attempt.codes, attempt.captions
            )
        )
    ]
    if not matches:
        return
    named = {match.rule.pk: match.rule for _attempt, group in matches for match in group}
    contexts = situations([attempt for attempt, _group in matches], named.values())
    for (attempt, group), situation in zip(matches, contexts, strict=True):
        if situation is None:
            continue
        if suiting := [match for match in group if situation.suits(match.rule)]:
            _apply(attempt, suiting)


def _language(attempt: Attempt) -> str:
    return attempt.page_language or get_language() or ""


def _apply(attempt: Attempt, matches: list[Match]) -> None:
    rules = [match.rule for match in matches]
    strongest = max(rules, key=lambda rule: STRENGTH[rule.effect])
    action = strongest.effect
    if attempt.is_edit:
        hits.count(rules)
        if action == Action.WARN:  # the writer saw it while writing; staff see it now
            objections.store(attempt, rules, Outcome.SENT)
        else:
            attempt.refusal = _question(attempt, matches, action)
        return
    if not attempt.insists:
        hits.count(rules)
    if action == Action.HOLD:
        attempt.held_for = strongest.name
    elif not attempt.insists:
        attempt.refusal = _question(attempt, matches, action)
    elif action == Action.WARN:
        objections.store(attempt, rules, Outcome.SENT)
    elif action == Action.MASK:
        objections.store(attempt, rules, Outcome.HELD)
        attempt.held_for = strongest.name
    else:
        objections.store(attempt, rules, Outcome.REFUSED)
        attempt.refusal = _question(attempt, matches, action)


def _question(attempt: Attempt, matches: list[Match], action: str) -> Questioned:
    return Questioned(
        attempt.body, matches, action, insists=attempt.insists, is_edit=attempt.is_edit
    )
