"""Find and lock rows of news in the order of docs/decisions/0013-lock-order.md."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from trato.array_parameters import listed

from .models import News, Notification


def locked(rows: QuerySet[News]) -> list[int]:
    """Lock rows of news; return their keys. An UPDATE of several rows locks them in any order."""
    in_order = rows.order_by("subject_kind", "subject_id", "team_id").select_for_update(no_key=True)
    return list(in_order.values_list("pk", flat=True))


def lock(keys: Collection[int]) -> None:
    """Lock the news of some notifications before several of them are deleted."""
    lock_news(Notification.objects.filter(pk__in=keys).values_list("news", flat=True))


def lock_news(keys: Iterable[int]) -> None:
    """Lock several rows of news before they are deleted, as `locked` does."""
    locked(News.objects.filter(pk__in=keys))


def about(subject_kind: str, subject_ids: Collection[int]) -> QuerySet[News]:
    """Return the news about some subjects of one kind."""
    return News.objects.filter(subject_kind=subject_kind, subject_id__in=listed(subject_ids))


def get_or_create(news: Collection[News]) -> list[News]:
    """Return the stored rows of news, locked; create those that are missing."""
    wanted = {(row.subject_id, row.team_id): row for row in news}
    if not wanted:
        return []
    kind = next(iter(wanted.values())).subject_kind
    rows = about(kind, [subject_id for subject_id, _team in wanted])
    in_order = rows.filter(team_id__in={team_id for _subject, team_id in wanted}).order_by(
        "subject_id", "team_id"
    )
    stored = list(in_order.select_for_update(no_key=True))
    missing = wanted.keys() - {(row.subject_id, row.team_id) for row in stored}
    if missing:
        new = [wanted[key] for key in sorted(missing)]
        News.objects.bulk_create(new, ignore_conflicts=True)
        stored = list(in_order.select_for_update(no_key=True))
    return [row for row in stored if (row.subject_id, row.team_id) in wanted]
