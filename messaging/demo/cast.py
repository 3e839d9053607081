"""Assigns the demo's scripts to people and products."""

import random

from django.contrib.auth import get_user_model
from django.utils import timezone

from messaging.demo.clock import DAY, WakingClock
from messaging.demo.rows import Talk
from messaging.demo.scripts import Line, Script, scripts, showcases, today
from messaging.host import Product, host, product_model
from trato.people import Person

SEED = 21
OLDEST = 45  # days since the last message of a conversation, at most
WAITS, NEWEST = 1.8, 9  # the same for those that are waiting, and its minimum in minutes


class Cast:
    """The demo's people and products.

    Args:
        goods: the labels of each product on sale, by its ID; see `scripts`.
        languages: the language in which each person writes, by their ID.
    """

    def __init__(self, goods: dict[int, tuple[str, ...]], languages: dict[int, str]) -> None:
        self.dice = random.Random(SEED)  # noqa: S311 – a demo, not a secret
        self.clock = WakingClock(timezone.now())
        self.goods, self.languages = goods, languages
        users = get_user_model()
        self.emails = users.get_email_field_name()
        self.people: dict[int, Person] = {
            person.pk: person for person in users._default_manager.all()
        }
        products = product_model()._default_manager.select_related(host.product_shop_field)
        self.products: dict[int, Product] = products.in_bulk()
        self.teams: dict[int, list[int]] = {}
        for shop_id, user_id in host.active_members().values_list("shop_id", "user_id"):
            self.teams.setdefault(shop_id, []).append(user_id)
        sellers = {user_id for team in self.teams.values() for user_id in team}
        self.shoppers = [pk for pk in languages if pk not in sellers]
        self.told: list[Talk] = []

    def showcases(self) -> list[Talk]:
        """Return the conversations of `showcases/`."""
        emails = {getattr(person, self.emails): person for person in self.people.values()}
        slugs = {
            getattr(product, host.product_slug_field): product for product in self.products.values()
        }
        for case in showcases():
            price = case.facts.get("price")
            talk = self.talk(
                emails[case.facts["shopper"]],
                slugs[case.facts["product"]],
                case.lines,
                int(case.facts["ended"]),
                is_unread="unread" in case.facts,
                price=int(price) if price else None,
            )
            talk.is_settled = "settled" in case.facts
            self.told.append(talk)
        return list(self.told)

    def today(self) -> list[Talk]:
        """Return the conversations of `today/`, most of them from the last hours."""
        told = [
            (language, script)
            for language in sorted(set(self.languages.values()))
            for script in today(language)
        ]
        self.dice.shuffle(told)
        for number, (language, script) in enumerate(told):
            product = self._product_for(script, [])
            shopper = self._shopper_for(product, language)
            lines, age = script.lines, (number / len(told)) ** 2 * WAITS * DAY
            is_seen = any(line.notes or line.snoozed_days for line in lines)
            is_unread = lines[-1].is_shoppers and not is_seen and number % 5 != 0
            ended = NEWEST + age
            self.told.append(self.talk(shopper, product, lines, ended, is_unread=is_unread))
        return self.told[-len(told) :]

    def _shopper_for(self, product: Product, language: str) -> Person:
        """Choose a shopper without reports who hasn't asked about the product yet."""
        taken = {talk.shopper.pk for talk in self.told if talk.product == product}
        taken |= {talk.shopper.pk for talk in self.told if any(one.report for one in talk.lines)}
        shoppers = (pk for pk in self.shoppers if self.languages[pk] == language)
        return self.people[self.dice.choice([pk for pk in shoppers if pk not in taken])]

    def everyday(self) -> list[Talk]:
        """Return the conversations of `scripts/`, each used as often as its choices allow."""
        talks: list[Talk] = []
        for language in sorted(set(self.languages.values())):
            for script in scripts(language):
                used: list[Product] = []
                for turn in range(script.tellings):
                    product = self._product_for(script, used)
                    shopper = self._shopper_for(product, language)
                    used.append(product)
                    talk = self._everyday_talk(shopper, product, script, turn)
                    talks.append(talk)
                    self.told.append(talk)
        return talks

    def _product_for(self, script: Script, used: list[Product]) -> Product:
        """Choose a product for a script, if possible in a shop that hasn't had it."""
        fitting = [
            self.products[pk]
            for pk, labels in self.goods.items()
            if "any" in script.about or script.about & {*labels}
        ]
        if not fitting:
            raise LookupError(f"There is nothing that is {script.about}.")
        shops = {host.shop_of(product).pk for product in used}
        elsewhere = [product for product in fitting if host.shop_of(product).pk not in shops]
        other = [product for product in fitting if product not in used]
        return self.dice.choice(elsewhere or other or fitting)

    def _everyday_talk(self, shopper: Person, product: Product, script: Script, turn: int) -> Talk:
        ended = OLDEST * DAY * self.dice.random() ** 1.8 + 45
        names = {
            "name": host.short_name(shopper),
            "me": host.short_name(self.answering(shopper, product)),
        }
        lines = script.told(turn, **names)
        is_cut = ended < 2 * DAY and self.dice.random() < 0.5  # the shop has not replied yet
        if is_cut:
            lines = lines[: max(n for n, line in enumerate(lines, 1) if line.is_shoppers)]
        is_unread = ended < 1.5 * DAY if lines[-1].is_shoppers else ended < DAY
        talk = self.talk(shopper, product, lines, ended, is_unread=is_unread)
        # The shopper had the last word, and the shop said that no reply is needed.
        talk.is_settled = lines[-1].is_shoppers and not is_unread and not is_cut
        return talk

    def answering(self, shopper: Person, product: Product) -> Person:
        """Return the first member of the team who writes the shopper's language."""
        team = sorted(self.teams[host.shop_of(product).pk])
        language = self.languages[shopper.pk]
        return self.people[next(pk for pk in team if self.languages[pk] == language)]

    def talk(
        self,
        shopper: Person,
        product: Product,
        lines: list[Line],
        ended: float,
        *,
        is_unread: bool,
        price: int | None = None,
    ) -> Talk:
        """Return a conversation that ended some waking minutes ago."""
        return Talk(
            shopper=shopper,
            product=product,
            answering=self.answering(shopper, product),
            team=self.teams[host.shop_of(product).pk],
            lines=lines,
            times=self.clock.times(self.dice, ended, [line.days for line in lines]),
            is_unread=is_unread,
            price=price,
        )
