"""Fill a system's empty database: `python -m benchmarks.population trato 1-0:50`.

Prints, as JSON, each cohort's conversations with the sessions of their two people. It is a separate
process because the systems are separate Django projects.
"""

import json
import sys
from importlib import import_module

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    name, *cohorts = sys.argv[1:]  # a cohort is members-unread, followed by a number of pairs
    population = import_module(f"benchmarks.{name}.population")
    made = {}
    for cohort, _, pairs in (cohort.partition(":") for cohort in cohorts):
        members, unread = map(int, cohort.split("-"))
        made[cohort] = population.fill(int(pairs), members=members, unread=unread)
    json.dump(made, sys.stdout)
