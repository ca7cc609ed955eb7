"""Everything that is held about a phone: opened, put together, and that it was looked at."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.core.counter_facts import read_facts
from bot.core.phone import Phone
from bot.core.staff import Deed
from bot.core.subject import SCHEMA, masked_name, plain
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.subjects import Rows, accounts_of, held, held_dossiers, held_history
from bot.vault import Vault, blind_index

SEALED = (
    "phone", "owner_name", "handler", "text", "answer", "words", "receiver", "told", "item_code",
    "reason", "message",
)  # fmt: skip
Copy = dict[str, Any]


def export_subject(runtime: Runtime, phone: Phone) -> Copy:
    """Everything held about a phone, as docs/privacy.md describes it; written into the audit trail.

    Errors: vault.Unreadable when none of FIELD_KEYS opens a field.
    """
    return _copy(runtime, phone, "subject.exported")


def show_subject(runtime: Runtime, phone: Phone) -> Copy:
    """The same to be looked at: names masked, and nothing of what was written or handed in."""
    copy = _copy(runtime, phone, "subject.shown")
    for one in copy["dossiers"]:
        one["owner_name"] = masked_name(one["owner_name"]) if one["owner_name"] else None
        one["intake"] = bool(one["intake"])
        one["phone"] = phone.masked
        one["needed"] = len(one["needed"])
    for section, hidden in (
        ("messages", "body"), ("sms_inbound", "text"), ("sms_inbound", "answer"),
        ("complaints", "words"), ("complaints", "answer"),
    ):  # fmt: skip
        for one in copy[section]:
            one.pop(hidden)
    for one in copy["documents"]:
        one["told"] = bool(one["told"])
    for one in copy["returns_by_post"]:
        one["receiver"], one["way"] = bool(one["receiver"]), len(one["way"])
        for name in ("told", "reason"):
            one.pop(name)
    for talk in copy["talks"]:
        talk["lines"] = len(talk["lines"])
    return {**copy, "phone": phone.masked}


def _copy(runtime: Runtime, phone: Phone, action: str) -> Copy:
    index = blind_index(index_key(runtime), phone.e164)
    now = runtime.now()
    with runtime.engine.begin() as connection:
        dossiers = held_dossiers(connection, index)
        history = held_history(connection, [one["id"] for one in dossiers])
        sections = held(connection, index, accounts_of(connection, index))
        deed = Deed(action, None, "subject", index.hex()[:16], {"dossiers": len(dossiers)})
        write_deed(connection, None, now, deed)
    vault = runtime.vault
    whole: Copy = {"schema": SCHEMA, "made_at": now.isoformat(), "phone": phone.e164}
    whole["dossiers"] = _dossiers(vault, dossiers, history)
    opened = {name: [_opened(vault, row) for row in rows] for name, rows in sections.items()}
    _put_below(opened["notices"], opened.pop("attempts"), "notice_id", "attempts")
    for one in opened["documents"]:
        one["told"] = json.loads(one["told"]) if one["told"] else None
    for one in opened["returns_by_post"]:
        one["receiver"] = json.loads(one["receiver"]) if one["receiver"] else None
    _put_below(opened["returns_by_post"], opened.pop("ways_by_post"), "return_id", "way")
    _put_below(opened["talks"], opened.pop("talk_lines"), "talk_id", "lines")
    return whole | opened


def _dossiers(vault: Vault, rows: Rows, history: Rows) -> list[Copy]:
    found = [_opened(vault, row) for row in rows]
    for one, row in zip(found, rows, strict=True):
        facts = read_facts(vault.open_text(one.pop("facts"))) if row["facts"] else None
        one["intake"] = json.loads(json.dumps(asdict(facts), default=plain)) if facts else None
        one["needed"] = json.loads(vault.open(row["needed"])) if row["needed"] else []
    _put_below(found, [_opened(vault, row) for row in history], "dossier_id", "history")
    return found


def _opened(vault: Vault, row: Mapping[str, Any]) -> Copy:
    """A row with its texts opened; what was wiped is None."""
    found = {name: plain(value) for name, value in row.items()}
    for name in SEALED:
        if name in found and isinstance(found[name], bytes):
            found[name] = vault.open_text(found[name]) if found[name] else None
    if isinstance(found.get("body"), bytes):
        found["body"] = json.loads(vault.open(found["body"]))["text"]
    return found


def _put_below(places: list[Copy], rows: list[Copy], by: str, name: str) -> None:
    """Put each row into a list of the place it belongs to; ids of ours go."""
    below: defaultdict[int, list[Copy]] = defaultdict(list)
    for row in rows:
        below[row.pop(by)].append(row)
    for place in places:
        place[name] = below[place.pop("id")]
