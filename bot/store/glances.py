"""One statement that finds one row, asked many times a second over connections kept for it."""

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, PoolProxiedConnection, Select, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import SQLAlchemyError

MOST_KEPT = 8  # while nobody asks
Kept = tuple[PoolProxiedConnection, DBAPICursor]


class Glance:
    """Reads the one row of a prepared statement.

    A single statement sees one moment, so it needs no transaction. Taking a connection from the
    pool, trying whether it still works, BEGIN, the machinery of a result and the end cost several
    times what finding the row does. So the statement is compiled once and handed to the driver
    over connections of its own, outside the pool. What fails there is asked again the ordinary
    way, which says what is wrong.
    """

    def __init__(self, engine: Engine, statement: Select[Any]) -> None:
        self._engine, self._statement = engine, statement
        compiled = statement.compile(dialect=engine.dialect)
        self._sql = str(compiled)
        self._positions = compiled.positiontup  # of the parameters; None where they have names
        self._from_driver = [
            column.type.dialect_impl(engine.dialect).result_processor(engine.dialect, None)
            for column in statement.selected_columns
        ]
        self._faults = engine.dialect.loaded_dbapi.Error
        self._kept: deque[Kept] = deque()
        event.listen(engine, "engine_disposed", self._let_go)

    def row(self, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The row for these parameters; None when there is none.

        Errors: those of the ordinary way when the database does not answer.
        """
        kept = self._take()
        if kept is not None:
            with suppress(self._faults):  # it may have been cut meanwhile
                return self._asked(kept, values)
        with self._engine.connect().execution_options(reading=True) as ordinary:
            found = ordinary.execute(self._statement, dict(values)).one_or_none()
        with suppress(SQLAlchemyError):  # the answer is there, with or without one more
            self._keep_one_more()
        return tuple(found) if found is not None else None

    def _asked(self, kept: Kept, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        connection, cursor = kept
        given: Any = values
        if self._positions is not None:
            given = [values[name] for name in self._positions]
        try:
            cursor.execute(self._sql, given)
            rows = cursor.fetchall()  # to the end, so that SQLite lets go of what it read
        except BaseException:
            connection.close()
            raise
        self._keep(kept)
        if not rows:
            return None
        [found] = rows
        pairs = zip(self._from_driver, found, strict=True)
        return tuple(process(value) if process else value for process, value in pairs)

    def _keep_one_more(self) -> None:
        connection = self._engine.raw_connection()
        if self._engine.dialect.name == "postgresql":
            connection.dbapi_connection.autocommit = True  # type: ignore[union-attr]
        connection.detach()  # from the pool, whose others stay for everybody else
        self._keep((connection, connection.cursor()))

    def _keep(self, kept: Kept) -> None:
        if len(self._kept) < MOST_KEPT:
            self._kept.append(kept)
        else:
            kept[0].close()

    def _take(self) -> Kept | None:
        with suppress(IndexError):
            return self._kept.pop()
        return None

    def _let_go(self, _engine: Engine) -> None:
        while (kept := self._take()) is not None:
            kept[0].close()
