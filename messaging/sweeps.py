"""What becomes due in messaging, see `messaging.due`. A feature's sweep is listed here by name."""

from .away.answering import due as away
from .due.loop import Sweep
from .figures.actions import due as figures
from .scheduled.delivery import due as scheduled

SWEEPS: tuple[Sweep, ...] = (away, scheduled, figures)
