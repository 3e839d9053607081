"""Rules for dry runs."""

from typing import Any

from accounts.models import User
from messaging.models import DryRun, ShieldRule
from messaging.rule_lab import actions, running

PHONE = "Call me at 612 345 678, please"


def rule(**values: Any) -> ShieldRule:
    """Return a rule that isn't saved."""
    return ShieldRule(**({"name": "tried", "detector": "phone", "action": "hold"} | values))


def tried(actor: User, what: ShieldRule) -> DryRun:
    """Run a dry run of a rule to its end."""
    run = actions.start(actor, what)
    while running.due(1):
        pass
    run.refresh_from_db()
    return run
