"""Somebody else writes between two statements, as a test wishes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def meanwhile(engine: Engine, words: str, deed: Callable[[], object]) -> Iterator[None]:
    """Do something once, right after the first statement in which these words stand."""
    done: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if words in statement and not done:
            done.append(statement)
            deed()

    event.listen(engine, "after_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", look)
    assert done, f"no statement said {words!r}"
