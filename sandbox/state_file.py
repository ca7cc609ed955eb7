"""Keeps the sandbox's state in one JSON file across restarts."""

import asyncio
import json
import os
import sys
from pathlib import Path

from sandbox.wire import dumps
from sandbox.world import World

PAUSE = 1.0  # seconds between two looks at whether something is worth saving


def save(world: World) -> None:
    """Write what is kept: a new file first, then in the old one's place.

    Errors: none; a disk that refuses is one line on standard error.
    """
    if world.settings.state_path is not None:
        _write_or_tell(world.settings.state_path, dumps(_kept(world)))


async def keep_saving(world: World) -> None:
    """Save whenever something has changed, at most once a second."""
    while True:
        await asyncio.sleep(PAUSE)
        path = world.settings.state_path
        if world.changed and path is not None:
            world.changed = False
            text = dumps(_kept(world))  # here, not in the thread: nothing changes meanwhile
            await asyncio.to_thread(_write_or_tell, path, text)


def load(world: World) -> None:
    """Take back what was kept; an unreadable file is put aside and told of."""
    path = world.settings.state_path
    if path is None or not path.exists():
        return
    try:
        kept = json.loads(path.read_text("utf-8"))
        world.people.restore(kept.get("people", []))
        world.tokens.restore(kept.get("tokens", {}))
        world.messages.restore(kept.get("messages", []))
        world.dossiers.restore(kept.get("dossiers", []))
        world.parcels.restore(kept.get("parcels", {}))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as failure:
        aside = path.with_suffix(".unreadable")
        os.replace(path, aside)
        print(f"sandbox: {path} cannot be read ({failure!r}); now {aside}", file=sys.stderr)


def _kept(world: World) -> dict[str, object]:
    return {
        "people": world.people.saved(),
        "tokens": world.tokens.saved(),
        "messages": world.messages.saved(),
        "dossiers": world.dossiers.saved(),
        "parcels": world.parcels.saved(),
    }


def _write_or_tell(path: Path, text: str) -> None:
    try:
        _write(path, text)
    except OSError as failure:
        print(f"sandbox: state not saved in {path}: {failure}", file=sys.stderr)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
