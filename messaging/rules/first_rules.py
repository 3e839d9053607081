"""The rules that a new site starts with."""

from typing import Any

from django.apps import apps as installed

from .kinds import SCAMS, Detector
from .models import ShieldRule

Action = ShieldRule.Action
NEW_ACCOUNT_DAYS = 7


def first_rules() -> list[dict[str, Any]]:
    """Return the rules: warn about contacts and payments, hold scams from new accounts."""
    rules: list[dict[str, Any]] = []
    for detector in Detector:
        rule: dict[str, Any] = {"name": detector.replace("_", "-"), "detector": detector.value}
        if detector in SCAMS:
            rule |= {
                "action": Action.HOLD.value,
                "relationship": ShieldRule.Relationship.NEW_ACCOUNT.value,
                "account_days": NEW_ACCOUNT_DAYS,
            }
        else:
            # Shops send tracking links and instructions all day.
            rule |= {"action": Action.WARN.value, "is_on": detector != Detector.LINK}
        rules.append(rule)
    return rules


def action_on(kind: str) -> str:
    """Return what the first rules do about a finding: an action, or `off`."""
    [rule] = [rule for rule in first_rules() if rule["detector"] == kind]
    return str(rule["action"]) if rule.get("is_on", True) else "off"


def make_rules(*, apps: Any = installed, using: str = "default", **kwargs: Any) -> None:
    """Create the rules if there are none at all; otherwise leave them as staff have edited them.

    This runs after the migrations, like `moderation.permissions.make_group`.
    """
    try:
        rows = apps.get_model("messaging", "ShieldRule").objects.using(using)
    except LookupError:  # the table isn't migrated yet
        return
    if not rows.exists():
        rows.bulk_create(rows.model(**values) for values in first_rules())
