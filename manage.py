#!/usr/bin/env python
"""Django's command line for Trato."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.environ.setdefault("DATABASE_TIMEOUTS", "off")  # nobody waits for a command
    execute_from_command_line(sys.argv)
