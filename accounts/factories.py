"""People for tests and for the demo shop."""

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from .models import User

PASSWORD = "trato-demo"  # noqa: S105 – the demo's, known to everybody


class UserFactory(DjangoModelFactory[User]):
    """A shopper; `seller=True` for a seller, `staff=True` for a staff member."""

    class Meta:
        model = User

    class Params:
        seller = factory.Trait(role=User.Role.SELLER)
        staff = factory.Trait(is_staff=True)

    name = factory.Sequence(lambda number: f"Person {number}")
    email = factory.Sequence(lambda number: f"person{number}@example.com")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
