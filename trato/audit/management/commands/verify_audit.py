"""`manage.py verify_audit`: find out whether somebody has tampered with the audit trail."""

import time
from pathlib import Path
from typing import Any

import structlog
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils.text import capfirst

from trato.audit import anchors, linking
from trato.audit.verification import Verification

log = structlog.get_logger("trato.audit")
SHOWN_MAX = 200  # findings; the others are counted


class Command(BaseCommand):
    help = (
        "Verify the audit trail. Names entries that were changed, added, moved or taken out, and "
        "then exits with 1. Only an anchor, stored elsewhere, shows that the end is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            action="store_true",
            help="if nothing is wrong, print an anchor as a line of JSON, and nothing else",
        )
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help="a file with earlier anchors, one a line"
        )
        parser.add_argument(
            "--no-link",
            action="store_true",
            help="write nothing: leave entries unlinked that a killed process has left so",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # With --anchor, standard output is for the file of anchors.
        words = self.stderr if options["anchor"] else self.stdout
        earlier = _read(options["against"]) if options["against"] else []
        since = time.monotonic()
        if not options["no_link"] and (linked := linking.link_waiting()):
            words.write(f"Linked {linked} entries that nobody had linked yet.")
        verification, wrong = Verification(earlier), 0
        for finding in verification.findings():
            wrong += 1
            log.error("audit_finding", kind=finding.kind, entries=finding.entries)
            if wrong <= SHOWN_MAX:
                words.write(capfirst(finding.text))
        count, seconds = verification.entries, time.monotonic() - since
        counted = (
            f"{count} entries in {seconds:.1f} s, {verification.erased} with erased words, "
            f"{len(earlier)} anchors, {verification.waiting} not linked yet"
        )
        if wrong:
            raise CommandError(f"The audit trail is not intact: {wrong} findings. {counted}.")
        words.write(f"The audit trail is intact: {counted}.")
        if options["anchor"] and verification.last:
            self.stdout.write(anchors.anchor_of(verification.last).line())


def _read(file: Path) -> list[anchors.Anchor]:
    try:
        return list(anchors.read(file.read_text().splitlines()))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise CommandError(f"{file} can't be read: {error}") from error
