"""Ownership of email addresses: who has confirmed one, and who only claims it."""

from allauth.account.models import EmailAddress
from django.db.models import Q

from .models import User


def is_taken(email: str, user: User | None = None) -> bool:
    """Whether another account logs in with an address or has confirmed it.

    An unconfirmed request to change to it doesn't count.
    """
    proven = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    owners = User.objects.filter(Q(email__iexact=email) | Q(pk__in=proven))
    return (owners.exclude(pk=user.pk) if user else owners).exists()


def is_own(user: User, email: str) -> bool:
    """Whether emails to an address reach the owner of an account."""
    proven = EmailAddress.objects.filter(user=user, email__iexact=email, verified=True)
    return user.email.lower() == email.lower() or proven.exists()


def drop_pending(email: str) -> bool:
    """Drop other people's requests to change to an address; return whether there were any."""
    wanted = EmailAddress.objects.filter(email__iexact=email, verified=False)
    deleted, _by_model = wanted.exclude(user__email__iexact=email).delete()
    return bool(deleted)


def release(email: str, user: User) -> None:
    """Free an address that `user` has confirmed: unconfirmed, unused accounts lose it."""
    idle = Q(last_login=None, is_staff=False, is_superuser=False)
    squatters = User.objects.filter(idle, email__iexact=email).exclude(pk=user.pk)
    squatters = squatters.exclude(pk__in=EmailAddress.objects.filter(verified=True).values("user"))
    # Lock addresses before people: docs/decisions/0013-lock-order.md.
    list(EmailAddress.objects.select_for_update().filter(user__in=squatters).order_by("pk"))
    for squatter in squatters.select_for_update(no_key=True):
        EmailAddress.objects.filter(user=squatter).delete()
        squatter.email = f"{squatter.pk}@unproven.invalid"
        squatter.set_unusable_password()
        squatter.save(update_fields=["email", "password"])


def prove(user: User) -> None:
    """Confirm a person's only address after they have read an email sent to it."""
    owned = list(EmailAddress.objects.filter(user=user))
    if len(owned) == 1 and owned[0].set_verified():
        owned[0].set_as_primary(conditional=True)
