"""The province changes a text: every process says it, no reply half way, and it stays known."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, update

import bot.answer
from bot.agencies import add_agency
from bot.change_text import (
    Changed,
    Faulty,
    Fixed,
    NotYours,
    Outcome,
    Saved,
    Wish,
    restore_text,
    save_text,
)
from bot.core.staff import Account, Actor, Role
from bot.core.wording import Source
from bot.doctor_wordings import wording_findings
from bot.keep_wordings import keep_shipped
from bot.present_texts import look, steady
from bot.read_texts import read_text
from bot.runtime import Runtime
from bot.store.counter_tables import audit_entry, staff
from bot.store.notice_tables import consent
from bot.store.text_tables import text_wording
from bot.texts.catalogue import Catalogue, Text
from bot.texts.changed import digest, with_changes
from bot.texts.present import NEVER, PresentTexts
from bot.texts.uses import load_uses
from bot.texts_of_day import texts_of_day
from tests.conversation import House, days, make_house
from tests.make import NOW, make_runtime
from tests.proving import PHONE, codes_sent, stored

THANKS = "Cảm ơn bà con. Cần tra cứu, bà con gửi mã trên giấy hẹn."
WHY = "Thống nhất cách xưng hô"


@pytest.fixture
def house(database_url: str) -> House:
    house = make_house(database_url, sms_gateway="esms")
    keep_shipped(house.runtime.engine, house.runtime.wording.shipped, house.runtime.now())
    return house


def actor_of(house: House) -> Actor:
    """An administrator, whose account is made the first time."""
    with house.runtime.engine.begin() as connection:
        number = connection.scalar(select(staff.c.id).where(staff.c.login == "lan"))
        if number is None:
            values = {
                "login": "lan",
                "password_hash": "-",
                "roles": str(Role.ADMINISTRATOR),
                "password_changed_at": NOW,
                "created_at": NOW,
            }
            number = connection.scalar(insert(staff).values(values).returning(staff.c.id))
    account = Account(int(number or 0), "lan", "", frozenset({Role.ADMINISTRATOR}), None)
    return Actor(account, "127.0.0.1", frozenset({"H56.14"}))


def change(house: House, key: str, words: str, **more: Any) -> Outcome | None:
    """Save words upon what is there."""
    page = read_text(house.runtime, key)
    assert page is not None
    wish = Wish(words, more.pop("why", WHY), more.pop("version", page.version), **more)
    return save_text(house.runtime, actor_of(house), key, wish)


def restore(house: House, key: str) -> Outcome | None:
    """Wish the shipped words back."""
    page = read_text(house.runtime, key)
    assert page is not None
    return restore_text(house.runtime, actor_of(house), key, Wish("", WHY, page.version))


def another_process(house: House, database_url: str) -> Runtime:
    """A process that started before, and looked at the words a moment ago."""
    runtime = make_runtime(database_url, house.clock, sms_gateway="esms")
    look(runtime)
    return runtime


def two_seconds_later(runtime: Runtime) -> None:
    """As much of a process's own clock goes by."""
    runtime.wording.looked_at = NEVER


def upgraded(house: House, key: str, words: str) -> Runtime:
    """The same house with a newer product, in which one text is another."""
    texts = dict(house.runtime.wording.shipped.texts)
    sample = {"ten": "Lan"} if "{ten}" in words else {}
    texts[key] = replace(texts[key], words=words, sample=sample or texts[key].sample)
    return replace(house.runtime, wording=PresentTexts(Catalogue(texts)))


def test_changed_words_are_answered_at_once_and_elsewhere_within_seconds(
    house: House, database_url: str
) -> None:
    elsewhere = another_process(house, database_url)
    assert change(house, "talk.thanks", THANKS) == Saved(2)
    assert house.say("Cảm ơn") == THANKS
    assert elsewhere.texts.render("talk.thanks") != THANKS
    two_seconds_later(elsewhere)
    house.runtime = elsewhere
    assert house.say("Cảm ơn nhé") == THANKS


def test_nothing_is_asked_between_two_looks(house: House, database_url: str) -> None:
    elsewhere = another_process(house, database_url)
    elsewhere.engine.dispose()
    for _ in range(1000):
        look(elsewhere)
    assert elsewhere.engine.pool.checkedin() == 0  # type: ignore[attr-defined]


def test_a_reply_keeps_its_words_while_they_are_changed(house: House) -> None:
    held = steady(house.runtime)
    before = held.texts
    change(house, "talk.thanks", THANKS)
    look(held)
    assert held.texts is before
    assert steady(house.runtime).texts.render("talk.thanks") == THANKS
    assert bot.answer.buttons(held.texts, "help")[0].title


def test_a_reply_is_all_of_one_kind_although_words_change_in_its_middle(house: House) -> None:
    wording = house.runtime.wording
    newer, _ = with_changes(
        wording.shipped,
        load_uses(),
        {"status.unknown_short": ("Không có {code}.", digest("Không có {code}."))},
    )

    class Interrupted(dict[str, Text]):
        """As soon as a text was looked for, another thread takes changed words over."""

        def get(self, key: str, default: Any = None) -> Any:
            wording.catalogue = newer
            return super().get(key, default)

    look(house.runtime)
    wording.catalogue = Catalogue(Interrupted(wording.shipped.texts))
    codes = "H56.14-240823-0002 H56.14-240823-0003"
    first, second = house.say(codes), house.say(codes)
    assert [first.count("Không tìm thấy"), first.count("Không có")] == [2, 0]
    assert [second.count("Không tìm thấy"), second.count("Không có")] == [0, 2]


def test_a_database_that_is_away_leaves_the_words_that_are_known(
    house: House, database_url: str
) -> None:
    change(house, "talk.thanks", THANKS)
    with house.runtime.engine.begin() as connection:
        text_wording.drop(connection)
    two_seconds_later(house.runtime)
    look(house.runtime)
    assert house.runtime.texts.render("talk.thanks") == THANKS


def test_a_broken_stored_text_never_stops_a_reply_and_the_doctor_says_so(house: House) -> None:
    change(house, "talk.thanks", THANKS)
    with house.runtime.engine.begin() as connection:
        broken = {"words": "Chào {ten}", "digest": digest("Chào {ten}")}
        connection.execute(update(text_wording).where(text_wording.c.version == 2).values(broken))
    fresh = replace(house.runtime, wording=PresentTexts(house.runtime.wording.shipped))
    house.runtime = fresh
    assert house.say("Cảm ơn") == fresh.wording.shipped.render("talk.thanks")
    [finding] = wording_findings(fresh)
    assert (finding.level, finding.what) == ("warn", "texts.talk.thanks")
    assert isinstance(restore(house, "talk.thanks"), Saved)
    [finding] = wording_findings(fresh)
    assert finding.level == "ok"


@pytest.mark.parametrize("key", ["notice.result", "status.found", "button.help", "page.as_of"])
def test_a_fixed_text_is_changed_by_nobody(house: House, key: str) -> None:
    words = house.runtime.texts.texts[key].words
    assert isinstance(change(house, key, f"{words}!"), Fixed)
    assert isinstance(restore(house, key), Fixed)
    with house.runtime.engine.begin() as connection:  # not even past us
        row = {"key": key, "version": 9, "source": str(Source.CHANGED), "words": f"{words}!"}
        more = {"digest": digest(f"{words}!"), "since": NOW, "why": ""}
        connection.execute(insert(text_wording).values(**row, **more))
    two_seconds_later(house.runtime)
    look(house.runtime)
    assert house.runtime.texts.texts[key].words == words


def test_who_saves_upon_an_older_version_is_told_and_nothing_is_lost(house: House) -> None:
    assert change(house, "talk.thanks", THANKS) == Saved(2)
    assert change(house, "talk.thanks", "Cảm ơn.", version=1) == Changed(2)
    assert house.say("Cảm ơn") == THANKS


@pytest.mark.parametrize(
    ("words", "why", "field"),
    [
        ("Cảm ơn {ten}", WHY, "words"),
        (THANKS, " ", "why"),
        (THANKS, "x" * 301, "why"),
        ("Cảm ơn. Xem https://example.com/x", WHY, "confirmed"),
    ],
)
def test_what_is_wrong_is_told_by_field(house: House, words: str, why: str, field: str) -> None:
    outcome = change(house, "talk.thanks", words, why=why)
    assert isinstance(outcome, Faulty)
    assert list(outcome.faults) == [field]


def test_a_strangers_link_is_saved_once_it_was_confirmed(house: House) -> None:
    words = "Cảm ơn. Xem https://example.com/x"
    assert change(house, "talk.thanks", words, confirmed=True) == Saved(2)


def test_one_communes_administrator_does_not_change_what_the_province_says(house: House) -> None:
    add_agency(house.runtime, "H56.15", "UBND xã bên cạnh")
    boss = actor_of(house)
    of_one = Actor(replace(boss.account, agency_code="H56.14"), "127.0.0.1", boss.agencies)
    assert save_text(house.runtime, of_one, "talk.thanks", Wish(THANKS, WHY, 1)) == NotYours()
    assert isinstance(change(house, "talk.thanks", THANKS), Saved)


def test_the_same_words_are_no_change(house: House) -> None:
    assert isinstance(
        change(house, "talk.thanks", house.runtime.texts.texts["talk.thanks"].words), Faulty
    )
    assert isinstance(restore(house, "talk.thanks"), Faulty)


def test_every_change_is_in_the_audit_trail_with_before_and_after(house: House) -> None:
    shipped = house.runtime.texts.texts["talk.thanks"].words
    change(house, "talk.thanks", THANKS)
    restore(house, "talk.thanks")
    entries = [row for row in stored(house, audit_entry) if row["about"] == "text"]
    assert [(row["action"], row["login"], row["about_key"]) for row in entries] == [
        ("text.changed", "lan", "talk.thanks"),
        ("text.restored", "lan", "talk.thanks"),
    ]
    for one in (shipped, THANKS, WHY):
        assert one in entries[0]["detail"]


def test_an_upgrade_is_recorded_and_takes_nothing_from_the_province(house: House) -> None:
    change(house, "talk.thanks", THANKS)
    newer = upgraded(house, "talk.thanks", "Cảm ơn quý vị.")
    assert keep_shipped(newer.engine, newer.wording.shipped, newer.now()) == 1
    assert keep_shipped(newer.engine, newer.wording.shipped, newer.now()) == 0
    look(newer)
    assert newer.texts.render("talk.thanks") == THANKS
    house.runtime = newer
    restore(house, "talk.thanks")
    assert newer.texts.render("talk.thanks") == "Cảm ơn quý vị."
    page = read_text(newer, "talk.thanks")
    assert page is not None
    assert [one.source for one in page.history] == [
        Source.SHIPPED, Source.CHANGED, Source.SHIPPED, Source.RESTORED,
    ]  # fmt: skip


def test_an_upgrade_with_other_placeholders_falls_back_to_its_own_words(house: House) -> None:
    change(house, "talk.thanks", THANKS)
    newer = upgraded(house, "talk.thanks", "Cảm ơn {ten}.")
    look(newer)
    assert newer.texts.render("talk.thanks", ten="Lan") == "Cảm ơn Lan."
    assert [one.what for one in wording_findings(newer)] == ["texts.talk.thanks"]


def test_what_was_told_on_a_past_day_can_be_looked_up(house: House) -> None:
    shipped = house.runtime.texts.texts["talk.thanks"].words
    house.clock.moment += days(2)
    change(house, "talk.thanks", THANKS)
    house.clock.moment += days(2)
    restore(house, "talk.thanks")
    first = NOW.astimezone(house.runtime.settings.zone).date()

    def told(day: int) -> list[str]:
        found = dict(texts_of_day(house.runtime, first + days(day)).texts)
        return [one.wording.words for one in found.get("talk.thanks", ())]

    assert [told(day) for day in (-1, 0, 2, 3, 4, 5)] == [
        [], [shipped], [shipped, THANKS], [THANKS], [THANKS, shipped], [shipped],
    ]  # fmt: skip
    found = dict(texts_of_day(house.runtime, first).texts)
    assert "notice.result" in found  # fixed texts have their history as well
    assert len(found) == len(house.runtime.texts.texts)


def test_a_consent_keeps_the_words_it_was_given_for(house: House) -> None:
    before = house.runtime.texts.texts["phone.sent"].words
    house.say(PHONE)
    [digits] = codes_sent(house)
    words = (
        "Mã đã gửi đến {phone}, dùng trong 10 phút. Gõ mã là đồng ý nhận tin; ngừng: gõ "
        '"thôi theo dõi". Nếu là mã hồ sơ, gõ {keyword} rồi mã.'
    )
    assert change(house, "phone.sent", words) == Saved(2)
    house.say(digits)  # the code came with the words before
    house.say("0905 123 457")
    house.say(codes_sent(house, "+84905123457")[-1])
    assert [row["words"] for row in stored(house, consent)] == [before, words]
    page = read_text(house.runtime, "phone.sent")
    assert page is not None
    assert [one.digest for one in page.history] == [digest(before), digest(words)]


def test_a_followed_slips_consent_is_in_the_words_that_were_said(house: House) -> None:
    words = 'Đang theo dõi {codes}. Ngừng thì gõ "thôi theo dõi".'
    assert change(house, "follow.slip", words) == Saved(2)
    assert house.runtime.texts.texts["follow.slip"].words == words
