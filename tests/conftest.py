"""Fixtures that all tests share."""

from tests.pg import _pg_admin, pg_dsn, pg_server

__all__ = ["_pg_admin", "pg_dsn", "pg_server"]
