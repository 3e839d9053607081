from django.apps import AppConfig


class TratoConfig(AppConfig):
    name = "trato"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them
        from .realtime import sessions

        sessions.watch()
