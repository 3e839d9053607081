"""`manage.py demo`: a marketplace with demo data. Running it again adds nothing."""

from typing import Any

from django.core.management import BaseCommand, call_command
from django.db import transaction

from accounts.models import User


class Command(BaseCommand):
    help = "Fill an empty database with a demo shop; does nothing if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(email="shopper@example.com").exists():
            self.stdout.write("The demo shop is there already.")
            return
        # Imported here because it is slow, and `make run` calls this command each time.
        from catalog.demo.fill import fill, photos

        with transaction.atomic():
            filled = fill()
            call_command(
                "demo_conversations",
                goods=filled.goods,
                languages=filled.languages,
                photos=photos(),
            )
        self.stdout.write("The demo shop is ready.")
