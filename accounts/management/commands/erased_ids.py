"""`manage.py erased_ids --export FILE`: add the erased accounts that a file lacks."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from accounts.erasures import complete


class Command(BaseCommand):
    help = "Add the IDs of erased accounts to a file that is kept apart from the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--export", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{complete(options['export'])} added")
