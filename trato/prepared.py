"""Compile a queryset's SQL only once: the ORM takes longer for it than PostgreSQL to answer.

    @prepared
    def titles(shop_id: int, *, limit: int) -> QuerySet[Any, str]:
        return Product.objects.filter(shop_id=shop_id).values_list("title", flat=True)[:limit]

    titles(7, limit=4)  # a list

Positional arguments (integers, strings and times) are parameters: the function is called with
placeholder values, and each call fills in its own. Keyword arguments, and None, are part of the
statement: it is compiled once for each combination of them.

Uses private parts of Django, tested with 5.2: `QuerySet._iterable_class`,
`QuerySet._prefetch_related_lookups`, and the compiler, which keeps a query's compiled state. If one
of the first two is missing, each call compiles its query.
"""

from collections.abc import Callable, Hashable, Sequence
from copy import copy
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from trato.private_api import has_all

P = ParamSpec("P")
R = TypeVar("R")
Value = int | str | datetime

# Placeholder values: no real IDs, but within the range of every integer column; a time before all
# others.
FIRST_NUMBER = 2_113_113_100
FIRST_YEAR = 1000
LARGEST = 2**63 - 1
PRIVATE = ("_iterable_class", "_prefetch_related_lookups")  # of a queryset


class Prepared(Generic[P, R]):
    """A queryset function whose statements are compiled once; see the module's docstring."""

    def __init__(self, make: Callable[P, QuerySet[Any, R]]) -> None:
        self._make: Callable[..., QuerySet[Any, R]] = make
        self._statements: dict[Hashable, _Statement[R]] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Return the rows; none if a number is too large for any column."""
        if not _can_compile_once():
            return list(self._make(*args, **kwargs))
        values: Sequence[Any] = args
        shape = (tuple(map(type, values)), *sorted(kwargs.items()))
        statement = self._statements.get(shape)
        if statement is None:
            placeholders = [_placeholder(number, value) for number, value in enumerate(values)]
            statement = _Statement(self._make(*placeholders, **kwargs), placeholders)
            self._statements[shape] = statement
        return statement.rows(values)


prepared = Prepared


@cache
def _can_compile_once() -> bool:
    return has_all(QuerySet(), PRIVATE)


def _placeholder(number: int, value: Value | None) -> Value | None:
    if isinstance(value, int):
        return FIRST_NUMBER + number
    if isinstance(value, datetime):
        return datetime(FIRST_YEAR + number, 1, 1, tzinfo=UTC)
    return None if value is None else f"stand-in {number}"


def _adapted(value: Any, ops: Any) -> Any:
    """Convert a value as the ORM does for the driver."""
    return ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


class _Statement(Generic[R]):
    """The compiled SQL of one queryset."""

    def __init__(self, queryset: QuerySet[Any, R], placeholders: Sequence[Value | None]) -> None:
        if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise ValueError("a prepared queryset is one statement: it cannot prefetch")
        self._queryset: Any = queryset
        self._compiler: Any = queryset.query.get_compiler(using=queryset.db)
        self._parameters: list[Any] = []
        try:
            self._sql, parameters = self._compiler.as_sql()
        except EmptyResultSet:
            self._sql = ""
            return
        self._parameters = list(parameters)
        ops = self._compiler.connection.ops
        numbers = {
            _adapted(value, ops): number
            for number, value in enumerate(placeholders)
            if value is not None
        }
        self._places = [
            (place, numbers[parameter])
            for place, parameter in enumerate(parameters)
            if isinstance(parameter, int | str | datetime) and parameter in numbers
        ]
        if {number for _, number in self._places} != set(numbers.values()):
            raise ValueError("a value of a prepared queryset is not in its statement")

    def rows(self, values: Sequence[Any]) -> list[R]:
        if not self._sql or any(isinstance(value, int) and value > LARGEST for value in values):
            return []
        compiler = copy(self._compiler)
        compiler.connection = connections[compiler.using]  # this thread's
        parameters = self._parameters.copy()
        for place, number in self._places:
            parameters[place] = _adapted(values[number], compiler.connection.ops)
        compiler.as_sql = lambda: (self._sql, tuple(parameters))
        placeholder = SimpleNamespace(
            db=compiler.using,
            model=self._queryset.model,
            query=_CompiledQuery(self._queryset.query, compiler),
            _known_related_objects={},
        )
        return list(self._queryset._iterable_class(placeholder))


class _CompiledQuery:
    """A query whose compiler has its SQL already."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, using: str) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)
