"""Messaging's retention rules, collected from its features.

No rule deletes messages that were sent. They stay until their sender's account is deleted, and then
lose their text, see `deletion`.
"""

from .away import retention as away
from .contact import retention as contact
from .exports import retention as exports
from .figures import retention as figures
from .files import retention as files
from .nudges import retention as nudges
from .presence import retention as presence
from .recall import retention as recall
from .reports import retention as reports
from .review import retention as review
from .rule_lab import retention as rule_lab
from .rules import retention as rules
from .saved_replies import retention as saved_replies
from .scheduled import retention as scheduled
from .staff_looks import retention as looks

RULES = [
    *away.RULES,
    *contact.RULES,
    *scheduled.RULES,
    *figures.RULES,
    *files.RULES,
    *exports.RULES,
    *rule_lab.RULES,
    *looks.RULES,
    *nudges.RULES,
    *presence.RULES,
    *recall.RULES,
    *reports.RULES,
    *review.RULES,
    *rules.RULES,
    *saved_replies.RULES,
]
