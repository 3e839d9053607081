"""A person's notifications, except as a team member: those have other people's text."""

from django.utils.translation import gettext_lazy as _

from trato.personal_data import Part, Table

from .models import Notification, ReadAnnouncement

PART = Part(
    tables=(
        Table(
            "notifications",
            _("Notifications"),
            lambda person: Notification.objects.filter(
                recipient_id=person.pk, team_id=0
            ).select_related("news"),
            (
                ("news.happened_at", _("Time")),
                ("news.words.title", _("Title")),
                ("news.words.text", _("Excerpt")),
                ("read_at", _("Read")),
            ),
        ),
        Table(
            "read_announcements",
            _("Announcements that you've read"),
            lambda person: ReadAnnouncement.objects.filter(person_id=person.pk).select_related(
                "announcement"
            ),
            (("announcement.text.title", _("Title")), "read_at"),
        ),
    ),
    relations={
        "notifications.Notification.recipient": "notifications, but not those of a team",
        "notifications.ReadAnnouncement.person": "read_announcements",
    },
)
