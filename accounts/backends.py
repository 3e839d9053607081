"""Load the person of a session with a prepared statement."""

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.db.models import QuerySet

from trato.prepared import prepared

from .models import User


class AuthenticationBackend(AllauthBackend):
    """allauth's backend, which logs people in by email address."""

    def get_user(self, user_id: int) -> User | None:
        user = next(iter(_people(user_id)), None)
        return user if user and self.user_can_authenticate(user) else None


@prepared
def _people(user_id: int) -> QuerySet[User]:
    return User.objects.filter(pk=user_id)
