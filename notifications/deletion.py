"""The effects of deleting an account on notifications."""

from django.conf import settings

from trato.deletion import Part
from trato.people import Person

from .actions import forget
from .locks import lock_news
from .models import News, Notification, ReadAnnouncement


def _erase(person: Person) -> None:
    own = Notification.objects.filter(recipient_id=person.pk)
    kinds = settings.NEWS_ABOUT_PEOPLE
    about = News.objects.filter(subject_kind__in=kinds, subject_id=person.pk)
    lock_news({*own.values_list("news", flat=True), *about.values_list("pk", flat=True)})
    own.delete()
    ReadAnnouncement.objects.filter(person_id=person.pk).delete()
    for kind in kinds:
        forget(kind, [person.pk])


PART = Part(
    relations={
        "notifications.Notification.recipient": "deleted",
        "notifications.ReadAnnouncement.person": "deleted",
    },
    erase=_erase,
)
