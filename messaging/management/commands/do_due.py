"""Do what is due once, for servers other than `config.server`, which does it continuously."""

import inspect
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from messaging.sweeps import LONG_SWEEPS, SLOW_SWEEPS, SWEEPS


class Command(BaseCommand):
    """`manage.py do_due`."""

    help = "Do what is due now, such as messages that are to be sent later."

    def handle(self, *args: Any, **options: Any) -> None:
        for sweep in (*SWEEPS, *SLOW_SWEEPS, *LONG_SWEEPS):
            at_once = inspect.unwrap(sweep)  # `at_leisure` spares servers; this isn't one
            while at_once(settings.DUE_BATCH_MAX):
                pass
