"""Keys of the data (of its blind indexes first): made at first use, sealed, then the same."""

import secrets

from sqlalchemy import Connection

from bot.database import reading
from bot.runtime import Runtime
from bot.store.data_keys import keep_data_key, sealed_data_key

NAME = "index"


def index_key(runtime: Runtime) -> bytes:
    """The key under which phones are found and contents are compared.

    Shape: 32 random bytes. Losing it means that stored phones are found no more, so it lies in
    the database, and only the key that seals it in the settings.
    Errors: Unreadable when none of FIELD_KEYS opens it.
    """
    return kept_key(runtime, NAME)


def kept_key(runtime: Runtime, name: str) -> bytes:
    """A key of the data by its name, made at its first use.

    Errors: Unreadable when none of FIELD_KEYS opens it.
    """
    with reading(runtime.engine) as connection:
        sealed = sealed_data_key(connection, name)
    if sealed is None:
        fresh = runtime.vault.seal(secrets.token_bytes(32))
        with runtime.engine.begin() as connection:
            sealed = keep_data_key(connection, name, fresh, runtime.now())
    return runtime.vault.open(sealed)


def index_key_in(runtime: Runtime, connection: Connection) -> bytes:
    """The same key inside a transaction of one's own, which is the only writer on SQLite.

    Errors: Unreadable when none of FIELD_KEYS opens it.
    """
    sealed = sealed_data_key(connection, NAME)
    if sealed is None:
        fresh = runtime.vault.seal(secrets.token_bytes(32))
        sealed = keep_data_key(connection, NAME, fresh, runtime.now())
    return runtime.vault.open(sealed)
