"""What an evening's apologies would be: the first way to each citizen, and nothing written."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select

from bot.apologise import apologise_if_due
from bot.core.snapshot import FeedDossier, Procedure, Ticks, Times
from bot.database import reading
from bot.foresee_apologies import Foreseen, foresee_apologies
from bot.index_key import index_key
from bot.register import register_dossiers
from bot.runtime import Runtime
from bot.store.feed_keys import FeedKey
from bot.store.notice_tables import apology_run, dossier_follow, notice, phone_link
from bot.store.phone_states import count_failure, no_template
from bot.store.tables import dossier, follower
from bot.vault import blind_index
from tests.conversation import House, make_house

NOW = datetime.fromisoformat("2026-11-27T17:30:00+07:00")  # a Friday
DUE = datetime.fromisoformat("2026-11-30T17:00:00+07:00")
TEMPLATES = {"apology": {"id": "412233"}}
ALL = Ticks(zalo=True, sms=True)
CODE = "H56.14-261101-0001"


def make(database_url: str, **settings: Any) -> House:
    """A house with one dossier due on Monday, of a phone that nobody proved."""
    return make_house(database_url, now=NOW, **settings)


def feed(house: House, notify: Ticks = ALL, phone: str | None = "0905123456") -> None:
    told = FeedDossier(
        code=CODE,
        agency="H56.14",
        procedure=Procedure("1.003560", "Đăng ký khai sinh"),
        step="Thẩm định hồ sơ",
        status=4,
        changed_at=NOW - timedelta(days=1),
        times=Times(due_at=DUE),
        phone=phone,
        notify=notify,
    )
    [result] = register_dossiers(house.runtime, FeedKey("test", "H56.14", False), [told])
    assert result.why is None


def number(runtime: Runtime) -> bytes:
    return blind_index(index_key(runtime), "+84905123456")


def follows(house: House, hours_ago: float, by: str = "phone") -> None:
    """A citizen who wrote so long ago has proved the phone, or follows the dossier."""
    wrote = NOW - timedelta(hours=hours_ago)
    user = {"user_id": f"user-{by}", "first_seen_at": wrote}
    link = {"user_id": user["user_id"], "how": "sms"}
    with house.runtime.engine.begin() as connection:
        connection.execute(
            insert(follower).values(**user, following=True, last_interaction_at=wrote)
        )
        if by == "phone":
            known = {"phone_index": number(house.runtime), "phone": b"sealed"}
            connection.execute(insert(phone_link).values(**link, **known, proved_at=wrote))
        else:
            dossier_id = connection.scalar(select(dossier.c.id))
            connection.execute(
                insert(dossier_follow).values(**link, dossier_id=dossier_id, since=wrote)
            )


def channel(house: House) -> str:
    [foreseen] = foresee_apologies(house.runtime, NOW)
    assert (foreseen.code, foreseen.due_on) == (CODE, DUE.date())
    return foreseen.channel


@pytest.mark.parametrize(
    ("settings", "notify", "expected"),
    [
        pytest.param({}, ALL, "none", id="no template and no gateway"),
        pytest.param({"sms_gateway": "esms"}, ALL, "sms", id="SMS"),
        pytest.param({"sms_gateway": "esms"}, Ticks(sms=False), "none", id="SMS not ticked"),
        pytest.param({"zalo_templates": TEMPLATES}, ALL, "template_phone", id="a template"),
        pytest.param({"zalo_templates": TEMPLATES}, Ticks(), "none", id="Zalo not ticked"),
        pytest.param(
            {"zalo_templates": TEMPLATES, "sms_gateway": "esms"}, Ticks(), "sms", id="only SMS"
        ),
    ],
)
def test_a_phone_that_nobody_proved_is_reached_by_what_was_ticked(
    sqlite_url: str, settings: dict[str, Any], notify: Ticks, expected: str
) -> None:
    house = make(sqlite_url, **settings)
    feed(house, notify)
    assert channel(house) == expected


@pytest.mark.parametrize("by", ["phone", "dossier"])
@pytest.mark.parametrize(
    ("hours_ago", "settings", "expected"),
    [
        (47, {}, "chat"),
        (49, {}, "sms"),
        (49, {"chat_window_hours": 168}, "chat"),
        (49, {"zalo_templates": TEMPLATES}, "template_uid"),
    ],
)
def test_a_linked_citizen_is_reached_in_the_chat_while_its_window_is_open(
    database_url: str, by: str, hours_ago: float, settings: dict[str, Any], expected: str
) -> None:
    house = make(database_url, sms_gateway="esms", **settings)
    feed(house)
    follows(house, hours_ago, by)
    assert channel(house) == expected


def test_what_sending_taught_of_a_phone_counts(database_url: str) -> None:
    house = make(database_url, sms_gateway="esms", zalo_templates=TEMPLATES)
    feed(house)
    phone = number(house.runtime)
    assert channel(house) == "template_phone"
    with house.runtime.engine.begin() as connection:
        no_template(connection, phone, NOW + timedelta(days=1), NOW)
    assert channel(house) == "sms"
    for _ in range(2):
        with house.runtime.engine.begin() as connection:
            count_failure(connection, phone, NOW)
    assert channel(house) == "none"


@pytest.mark.parametrize("phone", [None, "0258 3822 229"])
def test_a_dossier_without_a_mobile_is_shown_too(sqlite_url: str, phone: str | None) -> None:
    house = make(sqlite_url, sms_gateway="esms", zalo_templates=TEMPLATES)
    feed(house, phone=phone)
    assert channel(house) == "none"


def rows(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (notice, apology_run)
        ]


def test_nothing_is_written_and_what_is_owed_already_is_left_out(database_url: str) -> None:
    house = make(database_url)
    feed(house)
    assert [one.due_on for one in foresee_apologies(house.runtime, NOW)] == [DUE.date()]
    assert rows(house.runtime.engine) == [0, 0]
    apologise_if_due(house.runtime)
    assert list(foresee_apologies(house.runtime, NOW)) == []


def test_another_evening_has_its_own(database_url: str) -> None:
    house = make(database_url)
    feed(house)
    assert list(foresee_apologies(house.runtime, NOW - timedelta(days=1))) == []
    sunday = list(foresee_apologies(house.runtime, NOW + timedelta(days=2)))
    assert sunday == [Foreseen(CODE, DUE.date(), "none")]
