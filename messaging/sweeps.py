"""What becomes due in messaging, see `messaging.due`. A feature's sweep is listed here by name."""

from .away.answering import due as away
from .due.loop import Sweep
from .exports.building import due as exports
from .figures.actions import due as figures
from .nudges.answered import due as nudges
from .scheduled.delivery import due as scheduled

SWEEPS: tuple[Sweep, ...] = (away, scheduled, figures, nudges)
# These take minutes, so the others don't wait for them.
SLOW_SWEEPS: tuple[Sweep, ...] = (exports,)
