"""How long messaging keeps data: the rules of its features."""

from .away import retention as away
from .contact import retention as contact
from .exports import retention as exports
from .figures import retention as figures
from .files import retention as files
from .nudges import retention as nudges
from .presence import retention as presence
from .saved_replies import retention as saved_replies
from .scheduled import retention as scheduled

RULES = [
    *away.RULES,
    *contact.RULES,
    *scheduled.RULES,
    *figures.RULES,
    *files.RULES,
    *exports.RULES,
    *nudges.RULES,
    *presence.RULES,
    *saved_replies.RULES,
]
