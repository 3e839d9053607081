"""`manage.py add_categories "Ceramics/Cerámica" …`: create a new marketplace's categories."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.text import slugify

from catalog.models import Category


class Command(BaseCommand):
    help = "Add categories of products, each named in English and Spanish."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="+", metavar="ENGLISH/SPANISH")

    def handle(self, *args: Any, names: list[str], **options: Any) -> None:
        with transaction.atomic():
            for both in names:
                english, _slash, spanish = (part.strip() for part in both.partition("/"))
                if not english or not spanish:
                    raise CommandError(f"Give both names, as in Ceramics/Cerámica, not {both!r}.")
                if Category.objects.filter(name=english).exists():
                    self.stdout.write(f"{english} exists already.")
                    continue
                category = Category(name=english, name_es=spanish, slug=slugify(english))
                try:
                    category.full_clean()
                except ValidationError as error:
                    raise CommandError(f"{both}: {' '.join(error.messages)}") from None
                category.save()
                self.stdout.write(f"Added {english}.")
