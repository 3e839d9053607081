"""Goods and partners, whose fields have other names than in the demo shop."""

from django.conf import settings
from django.db import models


class Partner(models.Model):
    """A partner who sells goods, with a crew that answers."""

    title = models.CharField(max_length=80, db_column="known_as")
    handle = models.SlugField(unique=True)
    crew = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    objects = models.Manager["Partner"]()

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/partners/{self.handle}/"


class Item(models.Model):
    """An item for sale, always in euros and without pictures."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE)
    label = models.CharField(max_length=80)
    handle = models.SlugField(unique=True)
    cents = models.IntegerField()
    is_sold = models.BooleanField(default=False)

    objects = models.Manager["Item"]()

    def __str__(self) -> str:
        return self.label
