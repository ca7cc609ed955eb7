"""The citizens who hold a phone in this rehearsal."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sandbox.clock import shown

FREE_WINDOW = 48 * 3600
PAID_WINDOW = 7 * 24 * 3600

DEMO = (
    ("an", "Nguyễn An", "0905000001"),
    ("binh", "Trần Thị Bình", "0905000002"),
    ("chi", "Lê Văn Chi", "0905000003"),
)


_ORDINARY = {"has_zalo": True, "refuses": False, "inactive_45d": False, "away": False}
KINDS = {  # what each kind of citizen is; a landline has neither Zalo nor SMS
    "zalo": _ORDINARY,
    "no_zalo": {**_ORDINARY, "has_zalo": False},
    "landline": {**_ORDINARY, "has_zalo": False},
    "refuses": {**_ORDINARY, "refuses": True},
    "inactive": {**_ORDINARY, "inactive_45d": True},
    "away": {**_ORDINARY, "away": True},
}
LANDLINE = "0258 382 2222"


@dataclass(slots=True)
class Person:
    """One citizen as Zalo knows them; `uid` is scoped to this OA, `app_uid` to the app.

    Shape: `away` means that the phone is switched off; `mobile` is the number that comes back
           when a landline is given up again.
    """

    uid: str
    app_uid: str
    alias: str
    name: str
    phone: str
    following: bool = False
    last_interaction: float | None = None
    has_zalo: bool = True
    refuses: bool = False
    inactive_45d: bool = False
    banned: bool = False
    admin: bool = False
    away: bool = False
    mobile: str = ""
    chatted: bool = False
    welcomed: bool = False
    user_alias: str = ""
    external_id: str = ""
    tags: list[str] = field(default_factory=list)
    shared_info: dict[str, Any] = field(default_factory=dict)

    def window(self, now: float) -> str:
        """Which sending window is open: `48h`, `7d`, `closed`, or `never` (manual 3.6)."""
        if self.last_interaction is None:
            return "never"
        age = now - self.last_interaction
        if age <= FREE_WINDOW:
            return "48h"
        return "7d" if age <= PAID_WINDOW else "closed"

    @property
    def kind(self) -> str:
        """The kind of citizen the present facts make, see KINDS."""
        if international(self.phone) is None:
            return "landline"
        facts = {name: getattr(self, name) for name in KINDS["zalo"]}
        return next((kind for kind, those in KINDS.items() if those == facts), "other")

    def seen(self, now: float) -> dict[str, Any]:
        """The person as the page and the control API show them."""
        return {
            "id": self.uid,
            "alias": self.alias,
            "name": self.name,
            "phone": self.phone,
            "following": self.following,
            "last_interaction": shown(self.last_interaction),
            "window": self.window(now),
            "has_zalo": self.has_zalo,
            "refuses": self.refuses,
            "inactive_45d": self.inactive_45d,
            "banned": self.banned,
            "admin": self.admin,
            "away": self.away,
            "kind": self.kind,
            "user_id_by_app": self.app_uid,
            "tags": list(self.tags),
        }


def invented_id(*parts: str) -> str:
    """A 19-digit id that is always the same for the same parts."""
    number = int.from_bytes(hashlib.sha256("|".join(parts).encode()).digest()[:8], "big")
    return str(10**18 + number % (8 * 10**18))


def international(phone: str) -> str | None:
    """A phone as `84…` (manual 5.1), or None when it is no Vietnamese mobile number."""
    digits = re.sub(r"[\s.\-]", "", phone)
    match = re.fullmatch(r"(?:\+?84|0)?([35789]\d{8})", digits, re.ASCII)
    return f"84{match.group(1)}" if match else None


class People:
    """Everyone the OA can meet, found by UID, alias or phone."""

    def __init__(self, app_id: str, oa_id: str) -> None:
        self._app_id, self._oa_id = app_id, oa_id
        self._by_uid: dict[str, Person] = {}
        self._by_alias: dict[str, Person] = {}
        self._by_phone: dict[str, Person] = {}
        for alias, name, phone in DEMO:
            self._add(alias, name, phone)

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_uid.values())

    def __len__(self) -> int:
        return len(self._by_uid)

    def by_uid(self, uid: str) -> Person | None:
        """The person with this UID."""
        return self._by_uid.get(uid)

    def by_phone(self, phone84: str) -> Person | None:
        """The person whose phone is this number in the `84…` form."""
        return self._by_phone.get(phone84)

    def by_phone_hash(self, digest: str) -> Person | None:
        """The person whose `84…` number has this SHA-256 (manual 5.1, hash mode)."""
        for phone, one in self._by_phone.items():
            if hashlib.sha256(phone.encode()).hexdigest() == digest.lower():
                return one
        return None

    def change_phone(self, person: Person, phone: str) -> None:
        """Give a person another number; the old one has no Zalo any more."""
        self._by_phone.pop(international(person.phone) or "", None)
        person.phone = phone
        self._enter(person)

    def change_kind(self, person: Person, kind: str) -> None:
        """Make a person one of KINDS; for a landline the mobile number is put aside."""
        for name, value in KINDS[kind].items():
            setattr(person, name, value)
        if kind == "landline" and international(person.phone):
            person.mobile = person.phone
            self.change_phone(person, LANDLINE)
        elif kind != "landline" and person.mobile and not international(person.phone):
            self.change_phone(person, person.mobile)

    def forget(self, person: Person) -> None:
        """Nobody has this UID, alias or phone any more."""
        self._by_uid.pop(person.uid, None)
        self._by_alias.pop(person.alias, None)
        self._by_phone.pop(international(person.phone) or "", None)

    def meet(self, who: str) -> Person:
        """The person with this UID or alias; a stranger is invented on the spot."""
        known = self._by_uid.get(who) or self._by_alias.get(who)
        if known:
            return known
        number = 10 + len(self._by_uid)
        while self.by_phone(f"84905{number:06d}"):
            number += 1
        return self._add(who, f"Công dân {who[-6:]}", f"0905{number:06d}")

    def saved(self) -> list[dict[str, Any]]:
        """All people, as kept across restarts."""
        return [asdict(one) for one in self]

    def restore(self, kept: list[dict[str, Any]]) -> None:
        """Take back what was kept; unknown fields of another version are left out."""
        names = {one.name for one in fields(Person)}
        for row in kept:
            self._enter(Person(**{key: value for key, value in row.items() if key in names}))

    def _add(self, alias: str, name: str, phone: str) -> Person:
        is_uid = bool(re.fullmatch(r"\d{15,20}", alias, re.ASCII))
        uid = alias if is_uid else invented_id("uid", self._oa_id, alias)
        app_uid = invented_id("app", self._app_id, alias)
        return self._enter(Person(uid, app_uid, alias, name, phone))

    def _enter(self, person: Person) -> Person:
        self._by_uid[person.uid] = person
        self._by_alias[person.alias] = person
        phone = international(person.phone)
        if phone:
            self._by_phone[phone] = person
        return person
