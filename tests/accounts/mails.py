"""The emails that a test has sent."""

from django.core import mail

PASSWORD = "trato-demo"
THEIRS, MINE = "slow-orchard-72", "quick-meadow-19"


def subjects_sent() -> dict[str, list[str]]:
    """Return the subjects of the emails sent, by recipient."""
    subjects: dict[str, list[str]] = {}
    for sent in mail.outbox:
        subjects.setdefault(sent.to[0], []).append(str(sent.subject))
    return subjects
