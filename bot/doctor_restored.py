"""What the doctor says of a house that was restored from a backup."""

from collections.abc import Iterator

from bot.database import reading
from bot.finding import Finding
from bot.runtime import Runtime
from bot.store.restored_mark import restored


def restored_findings(runtime: Runtime) -> Iterator[Finding]:
    """That nothing is sent before the restored house is released."""
    with reading(runtime.engine) as connection:
        mark = restored(connection)
    if mark is not None and mark.held:
        why = f"data of {mark.as_of:%Y-%m-%d %H:%M} UTC were restored, and nothing is sent"
        yield Finding("fail", "house.restored", why, "run: python -m bot restored")
