"""The module that Django looks for in a database backend (`ENGINE = "trato.postgresql"`)."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Replaces all pooled connections once one of them turns out to be broken.

    The pool's own check discards them one by one and pauses in between, for one second and then for
    two. After a restart of the database, a request that gets three broken connections would wait
    for the pool's entire timeout.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection that works, checked with one round trip to the database.

        Raises:
            OperationalError: the database is down, or the pool has no connection in time.
        """
        connection = super().get_new_connection(conn_params)
        if self.pool is None:
            return connection
        try:
            ConnectionPool.check_connection(connection)
        except OperationalError:
            self.pool.putconn(connection)
            self.pool.drain()
            connection = super().get_new_connection(conn_params)
        return connection
