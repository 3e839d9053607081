"""The subjects of reports in tests."""

from messaging.models import Message, Report


def message_of(report: Report) -> Message:
    """Return the reported message."""
    assert report.message is not None
    return report.message
