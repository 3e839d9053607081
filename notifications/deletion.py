"""What deleting an account means for notifications."""

from trato.deletion import Part
from trato.people import Person

from .actions import lock_news
from .models import Notification


def _erase(person: Person) -> None:
    own = Notification.objects.filter(recipient_id=person.pk)
    lock_news(own.values_list("news", flat=True))
    own.delete()


PART = Part(relations={"notifications.Notification.recipient": "deleted"}, erase=_erase)
