"""`manage.py purge_expired`: list or delete data past its retention period."""

from typing import Any

import structlog
from django.conf import settings
from django.core.management import BaseCommand, CommandParser
from django.utils.module_loading import import_string

from trato.retention import Rule, purge

log = structlog.get_logger("trato.retention")


class Command(BaseCommand):
    help = "List data past its retention period. With --delete, delete it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--delete", action="store_true", help="delete it instead of only listing it"
        )
        parser.add_argument(
            "--batch",
            type=int,
            default=settings.PURGE_BATCH_ROWS,
            help="rows in one transaction (default: PURGE_BATCH_ROWS, %(default)d)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in settings.RETENTION_RULES:
            for rule in import_string(name):
                if options["delete"]:
                    self._purge(rule, max(1, options["batch"]))
                else:
                    self.stdout.write(f"{rule.expired().count():>9} {rule.name}")
        if not options["delete"]:
            self.stdout.write("Nothing was deleted. Run it with --delete to do so.")

    def _purge(self, rule: Rule, batch: int) -> None:
        deleted = kept = 0
        for now_deleted, now_kept in purge(rule, batch):
            deleted, kept = deleted + now_deleted, kept + now_kept
        still_needed = f", {kept} kept because something refers to them" if kept else ""
        self.stdout.write(f"{deleted:>9} {rule.name} deleted{still_needed}")
        log.info("purged", what=rule.name, deleted=deleted, kept=kept)
