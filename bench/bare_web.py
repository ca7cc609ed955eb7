"""The floor of the webhook: a bare Flask view, one signature check, one Core insert."""

import hmac
import json
import os
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Flask, request
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite

from bench.servers import APP_ID, OA_SECRET

metadata = MetaData()
received = Table(
    "bare_received",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event_key", String(160), nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    Column("arrived_at", DateTime(timezone=True), nullable=False),
)


def bare_engine(url: str) -> Engine:
    """An engine as the libraries' manuals show it; WAL and NORMAL on SQLite."""
    engine = create_engine(url, pool_size=8)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000"):
                connection.execute(f"PRAGMA {pragma}")

    return engine


def bare_app(url: str) -> Flask:
    """The view and its table."""
    app, engine = Flask("bare"), bare_engine(url)
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(received).on_conflict_do_nothing(index_elements=["event_key"])
    metadata.create_all(engine)

    @app.post("/webhooks/zalo")
    def receive() -> tuple[str, int]:
        body = request.get_data()
        fields = json.loads(body)
        mac = sha256(APP_ID.encode() + body + fields["timestamp"].encode() + OA_SECRET.encode())
        if not hmac.compare_digest(
            request.headers.get("X-ZEvent-Signature", ""), f"mac={mac.hexdigest()}"
        ):
            return "", 401
        values = {
            "event_key": fields["message"]["msg_id"],
            "body": body,
            "arrived_at": datetime.now(UTC),
        }
        with engine.begin() as connection:
            connection.execute(insert, values)
        return "", 200

    return app


def __getattr__(name: str) -> Flask:
    """Build `bench.bare_web:app` when the server asks for it."""
    if name != "app":
        raise AttributeError(name)
    return bare_app(os.environ["DATABASE_URL"])
