"""What becomes due in messaging, see `messaging.due`. A feature's sweep is listed here by name."""

from .due.loop import Sweep
from .scheduled.delivery import due as scheduled

SWEEPS: tuple[Sweep, ...] = (scheduled,)
