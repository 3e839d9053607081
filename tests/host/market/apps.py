from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "tests.host.market"
    label = "market"
