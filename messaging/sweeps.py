"""The list of the features' sweeps, which do what has become due, see `messaging.due`."""

from . import message_warnings
from .away.answering import due as away
from .due.leisure import at_leisure, seldom
from .due.loop import Sweep
from .exports.building import due as exports
from .figures.actions import due as figures
from .nudges.answered import due as nudges
from .recall.traces import due as traces
from .review.actions import due as review
from .rule_lab.running import due as rule_lab
from .rules.hits import due as hits
from .rules.snapshot import due as rules
from .sanctions.actions import due as sanctions
from .scheduled.delivery import due as scheduled
from .transparency.actions import due as moderation_months

SWEEPS: tuple[Sweep, ...] = (
    away, scheduled, seldom(figures), nudges, review, message_warnings.refresh, sanctions, rules,
    hits, seldom(moderation_months),
)  # fmt: skip
# These take minutes, so the others don't wait for them.
SLOW_SWEEPS: tuple[Sweep, ...] = (exports, at_leisure(traces))
# Exports don't wait for these, which compute all the time.
LONG_SWEEPS: tuple[Sweep, ...] = (rule_lab,)
