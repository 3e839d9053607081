"""`manage.py apply_erasures FILE`: erase again what a restored backup has brought back."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from accounts.deletion import Hindered, delete_account
from accounts.erasures import read
from accounts.models import User


class Command(BaseCommand):
    help = "List erased accounts that are back after a restore. With --erase, erase them again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--erase", action="store_true", help="erase them, not only list them")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError("There is no such file.")
        left = 0
        for key, joined in read(options["file"]).items():
            person = User.objects.filter(pk=key, deleted_at=None).first()
            if person is None or person.date_joined.isoformat() != joined:
                continue
            try:
                if options["erase"]:
                    delete_account(key)
                self.stdout.write(f"{key} {'erased' if options['erase'] else 'is back'}")
            except (Hindered, User.DoesNotExist):
                left += 1
                self.stdout.write(f"{key} can't be erased: suspended, or something is in the way")
        if left:
            raise CommandError(f"{left} accounts are left.")
