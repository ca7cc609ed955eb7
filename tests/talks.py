"""Talks with clerks in tests: a clerk's account, what a desk sees, events at the clock's time."""

from itertools import count
from typing import Any

from sqlalchemy import update

from bot.answer_handover import Done, Refused, answer_handover
from bot.core.staff import Account, Actor, Role
from bot.show_talks import TalkPage, TalkRow, list_talks, show_talk
from bot.store.staff import insert_staff
from bot.store.tables import agency
from tests.conversation import House
from tests.proving import at
from tests.zalo_calls import CITIZEN, text_event

ANSWER = "Hồ sơ đang chờ xác minh thực địa, mời Ông/Bà chờ đến thứ Sáu."
_messages = count(1)


def make_clerk(
    house: House, login: str = "lan", agency_code: str = "H56.14", role: Role = Role.CLERK
) -> Actor:
    """A clerk of an agency, acting; nobody logs in, so the password is none."""
    name, now = f"Nguyễn Thị {login}", house.clock()
    values = {
        "login": login,
        "name": house.runtime.vault.seal(name),
        "password_hash": "no password",
        "roles": str(role),
        "agency_code": agency_code,
        "password_changed_at": now,
        "created_at": now,
    }
    with house.runtime.engine.begin() as connection:
        number = insert_staff(connection, values)
    assert number is not None
    account = Account(number, login, name, frozenset({role}), agency_code)
    return Actor(account, "127.0.0.1", frozenset({agency_code}))


def tell(house: House, text: str, user: str = CITIZEN) -> str:
    """A citizen types at the time of the house's clock; the one reply."""
    replies = house.hear(at(text_event(text, user, msg_id=f"t{next(_messages)}"), house.clock()))
    assert len(replies) == 1, replies
    return str(replies[0]["text"])


def answer(
    house: House, clerk: Actor, number: int, text: str = ANSWER, press: str = "p1"
) -> Done | Refused:
    """A clerk presses the button below an answer."""
    return answer_handover(house.runtime, clerk, number, text, press)


def describe_desk(house: House, **said: Any) -> None:
    """What the desk of H56.14 says of itself."""
    with house.runtime.engine.begin() as connection:
        connection.execute(update(agency).where(agency.c.code == "H56.14").values(**said))


def only_talk(house: House, clerk: Actor) -> TalkRow:
    """The one open talk of the clerk's agencies."""
    [row] = list_talks(house.runtime, clerk).open
    return row


def shown(house: House, clerk: Actor, number: int) -> TalkPage:
    """A talk as the clerk sees it."""
    page = show_talk(house.runtime, clerk, number)
    assert page is not None
    return page


def said_to(house: House, clerk: Actor) -> list[str]:
    """What the clerk reads in the one open talk."""
    return [line.text for line in shown(house, clerk, only_talk(house, clerk).id).lines]
