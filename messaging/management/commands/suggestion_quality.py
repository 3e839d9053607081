"""`manage.py suggestion_quality`: how often the right past answer is suggested, and how fast."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError

from messaging.host import host
from messaging.models import Conversation, Message
from messaging.suggestions import quality


class Command(BaseCommand):
    help = (
        "Print how often the right past answer is among the suggestions, in a shop of this "
        "database, such as the demo's. Nothing that it writes stays. Not for a site in use, whose "
        "sends may have to wait."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--shop", type=int, help="the shop's ID; the first one by default")

    def handle(self, *args: Any, **options: Any) -> None:
        members = host.active_members().order_by("shop_id")
        if options["shop"]:
            members = members.filter(shop_id=options["shop"])
        row = members.values_list("shop_id", "user_id").first()
        if row is None:
            raise CommandError("There is no shop with a seller. `manage.py demo` makes some.")
        shop_id, user_id = row
        people = get_user_model()._default_manager
        known = Conversation.objects.filter(shop=shop_id, product=None).values("consumer")
        strangers = people.exclude(pk__in=host.members_of(shop_id)).exclude(pk__in=known)
        if strangers.count() < 2:
            raise CommandError("There are too few shoppers. `manage.py demo` makes some.")
        results = quality.measure(shop_id, people.get(pk=user_id), *strangers.order_by("pk")[:2])
        said = Message.objects.count()
        self.stdout.write(f"Shop {shop_id}, in a database of {said:,} messages:")
        for language, result in results.items():
            self.stdout.write(f"{language}: {result}")
