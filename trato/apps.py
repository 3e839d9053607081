from django.apps import AppConfig


class TratoConfig(AppConfig):
    name = "trato"

    def ready(self) -> None:
        from .realtime import sessions

        sessions.watch()
