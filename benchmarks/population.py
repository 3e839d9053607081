"""Fill a system's empty database: `python -m benchmarks.population trato 50`.

Prints, as JSON, each conversation with the sessions of its two people. It is a process of its own
because the systems are Django projects of their own.
"""

import json
import sys
from importlib import import_module

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    name, pairs = sys.argv[1:]
    population = import_module(f"benchmarks.{name}.population")
    json.dump(population.fill(int(pairs)), sys.stdout)
