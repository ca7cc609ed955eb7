"""The province changes the words of a text, or wishes the shipped ones back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.core.staff import Actor, Deed
from bot.core.wording import Source
from bot.keep_wordings import record_shipped
from bot.present_texts import look_anew
from bot.province_right import has_right
from bot.read_texts import Reader, said_words, stored_words
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.wordings import add_wordings, last_version, take_turn
from bot.texts.catalogue import Text
from bot.texts.changed import digest
from bot.texts.writing import Writing, composed

LEAST_WHY, MOST_WHY = 5, 300


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed.

    Shape: `version` is the text's last one as the page showed it; `confirmed` that the warnings
           were read.
    """

    words: str
    why: str
    version: int
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """It is said from now on; every process has it within seconds."""

    version: int


@dataclass(frozen=True, slots=True)
class Changed:
    """Not saved: somebody else changed the text meanwhile; `version` is its last one."""

    version: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """Not saved: the text may not be changed, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Faulty:
    """Not saved: what is wrong, by field."""

    faults: dict[str, str]


@dataclass(frozen=True, slots=True)
class NotYours:
    """Not saved: the words are the whole province's, and the account is not."""


Outcome = Saved | Changed | Fixed | Faulty | NotYours


def save_text(runtime: Runtime, actor: Actor, key: str, wish: Wish) -> Outcome | None:
    """Say these words from now on; None for a text that there is not.

    Shape: words that are the shipped ones follow them from then on, also through upgrades.
    """
    reader = Reader(runtime)
    text = reader.shipped(key)
    if text is None:
        return None
    use, words = reader.uses.of(key), composed(wish.words)
    if not use.open:
        return Fixed(use.why)
    if faults := _of_words(reader.writing(key, text, words), wish) | _of_reason(wish.why):
        return Faulty(faults)
    return _write(runtime, actor, key, text, wish, words)


def restore_text(runtime: Runtime, actor: Actor, key: str, wish: Wish) -> Outcome | None:
    """Say the shipped words from now on, also those of later versions of the product."""
    reader = Reader(runtime)
    text = reader.shipped(key)
    if text is None:
        return None
    use = reader.uses.of(key)
    if not use.open:
        return Fixed(use.why)
    if faults := _of_reason(wish.why):
        return Faulty(faults)
    return _write(runtime, actor, key, text, wish, text.words)


def _of_words(writing: Writing, wish: Wish) -> dict[str, str]:
    if faults := writing.faults():
        return {"words": " ".join(faults)}
    if writing.warnings() and not wish.confirmed:
        return {"confirmed": "Có liên kết ra ngoài. Mời kiểm tra rồi đánh dấu vào ô này."}
    return {}


def _of_reason(why: str) -> dict[str, str]:
    length = len(why.strip())
    if length < LEAST_WHY:
        return {"why": "Chưa có lý do. Mời ghi vắn tắt vì sao đổi, để người sau tra lại được."}
    if length > MOST_WHY:
        return {"why": f"Lý do dài {length} ký tự, nhiều nhất {MOST_WHY}. Mời viết gọn lại."}
    return {}


def _write(
    runtime: Runtime, actor: Actor, key: str, text: Text, wish: Wish, words: str
) -> Saved | Changed | Faulty | NotYours:
    with runtime.engine.begin() as connection:
        if not has_right(connection, actor):
            return NotYours()
        take_turn(connection)
        last = last_version(connection, key)
        if last != wish.version:
            return Changed(last)
        before = said_words(connection, runtime, key)
        if words == stored_words(connection, runtime, key):
            return Faulty({"words": "Câu chữ chưa có gì khác bản đang dùng."})
        shipped = words == text.words
        values = {
            "source": str(Source.RESTORED if shipped else Source.CHANGED),
            "words": words,
            "staff_id": actor.account.id,
            "why": wish.why.strip(),
        }
        version = _add(connection, runtime, key, values)
        detail: dict[str, str | int | bool | None] = {
            "version": version,
            "before": before,
            "after": words,
            "why": wish.why.strip(),
        }
        action = "text.restored" if shipped else "text.changed"
        write_deed(connection, actor, runtime.now(), Deed(action, None, "text", key, detail))
    look_anew(runtime)
    return Saved(version)


def _add(connection: Connection, runtime: Runtime, key: str, values: Mapping[str, Any]) -> int:
    """Add the wording, behind the shipped one that it takes the place of; its version."""
    now = runtime.now()
    record_shipped(connection, runtime.wording.shipped, now, only=key)
    version = last_version(connection, key) + 1
    mark = digest(values["words"])
    add_wordings(
        connection, [{"key": key, "version": version, "digest": mark, "since": now, **values}]
    )
    return version
