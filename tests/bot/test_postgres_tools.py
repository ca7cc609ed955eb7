"""A database's address as PostgreSQL's own programs take it: whole, and without its password."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from bot.postgres_tools import address


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        (
            "postgresql+psycopg://motcua:pw@db:6432/motcua?sslmode=require",
            {"host": "db", "port": "6432", "sslmode": "require"},
        ),
        (
            "postgresql+psycopg://motcua:pw@/motcua?host=a:5432&host=b:5433"
            "&target_session_attrs=read-write",
            {"host": "a,b", "port": "5432,5433", "target_session_attrs": "read-write"},
        ),
        (
            "postgresql+psycopg://motcua@/motcua?host=/run/postgresql&password=pw",
            {"host": "/run/postgresql"},
        ),
    ],
)
def test_one_host_or_a_primary_with_its_standby(url: str, meant: dict[str, str]) -> None:
    told = address(url)
    assert conninfo_to_dict(told) == {"user": "motcua", "dbname": "motcua", **meant}
    assert "pw" not in told
