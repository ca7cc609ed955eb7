"""What the doctor says of SMS that may grow too long."""

from collections.abc import Iterable

import pytest

from bot.agencies import add_agency, set_agency
from bot.core.agency import Agency
from bot.doctor import examine
from bot.doctor_texts import text_findings, too_long
from bot.finding import Finding
from bot.runtime import Runtime
from bot.texts.catalogue import load_catalogue
from tests.make import FIELD_KEY, SECRET_KEY, make_runtime

SHORT, LONG = "UBND phường Lộc Thọ", "Sở Nông nghiệp và Môi trường tỉnh"
CENTRE = "Trung tâm Phục vụ hành chính công phường Bắc Nha Trang"


def house(database_url: str, names: Iterable[str], gateway: str = "esms") -> Runtime:
    runtime = make_runtime(database_url, sms_gateway=gateway)
    for number, name in enumerate(names, start=1):
        add_agency(runtime, f"A{number:02d}", name)
    return runtime


def told(runtime: Runtime) -> list[Finding]:
    return list(text_findings(runtime))


def test_a_short_name_is_well(database_url: str) -> None:
    [finding] = told(house(database_url, [SHORT]))
    assert (finding.level, finding.what) == ("ok", "sms.text")


def test_a_long_name_is_named_with_events_lengths_and_what_to_do(database_url: str) -> None:
    [finding] = told(house(database_url, [SHORT, LONG]))
    assert (finding.level, finding.what) == ("warn", "sms.text.A02")
    assert finding.why == (
        "by SMS with a code of 25 characters: received 2 parts (162 characters), "
        "supplement 2 parts (166 characters), result 2 parts (162 characters), "
        "refused 2 parts (161 characters), post_back 2 parts (162 characters)"
    )
    assert finding.do == (
        "run: python -m bot agency set A02 --sms-name NAME, with at most 27 characters"
    )


def test_a_name_as_long_as_the_doctor_allows_is_well(database_url: str) -> None:
    runtime = house(database_url, [LONG])
    set_agency(runtime, "A01", sms_name="x" * 28)
    assert [one.level for one in told(runtime)] == ["warn"]
    set_agency(runtime, "A01", sms_name="x" * 27)
    assert [one.level for one in told(runtime)] == ["ok"]


def test_a_name_that_costs_two_parts_with_any_code_is_told_too(database_url: str) -> None:
    [finding] = told(house(database_url, [CENTRE]))
    assert "result 2 parts (183 characters)" in finding.why


def test_diacritics_are_told_with_their_price(database_url: str) -> None:
    runtime = house(database_url, [SHORT])
    set_agency(runtime, "A01", sms_unicode=True)
    [finding] = told(runtime)
    assert finding.level == "warn"
    assert "apology 4 parts (249 characters)" in finding.why
    assert "agency set A01 --sms-unicode off" in finding.do


def test_a_step_counts_only_where_it_goes_by_sms(database_url: str) -> None:
    runtime = house(database_url, [SHORT])
    set_agency(runtime, "A01", sms_unicode=True)
    assert "step" not in told(runtime)[0].why
    set_agency(runtime, "A01", step_sms=True)
    assert "step 5 parts (295 characters)" in told(runtime)[0].why


def test_many_agencies_are_told_in_six_lines(database_url: str) -> None:
    findings = told(house(database_url, [LONG] * 30))
    assert [one.what for one in findings[:5]] == [f"sms.text.A{n:02d}" for n in range(1, 6)]
    [rest] = findings[5:]
    assert (rest.level, rest.what) == ("warn", "sms.text")
    assert rest.why.startswith("SMS of 25 more agencies may grow as long: A06, A07,")
    assert rest.why.endswith("A25 …")
    assert "--sms-name" in rest.do


@pytest.mark.parametrize(("gateway", "names"), [("none", [LONG]), ("esms", [])])
def test_nothing_is_said_without_a_gateway_or_agencies(
    database_url: str, gateway: str, names: list[str]
) -> None:
    assert told(house(database_url, names, gateway)) == []


@pytest.mark.parametrize("name", ["x" * 20, "Sở Tư pháp – “A”", "…" * 6])
def test_a_name_of_twenty_characters_is_never_too_long(name: str) -> None:
    agency = Agency("A", LONG, name, None, False, True, 0)
    assert too_long(load_catalogue(), agency) == []


def test_the_doctor_tells_it(sqlite_url: str, redis_url: str) -> None:
    house(sqlite_url, [LONG])
    needed = ("ZALO_APP_ID", "ZALO_APP_SECRET", "ZALO_OA_ID", "ZALO_OA_SECRET_KEY")
    environ = {
        **dict.fromkeys(needed, "1"),
        "SECRET_KEY": SECRET_KEY,
        "FIELD_KEYS": FIELD_KEY,
        "DATABASE_URL": sqlite_url,
        "REDIS_URL": redis_url,
        "SMS_GATEWAY": "esms",
        "ESMS_API_KEY": "1",
        "ESMS_SECRET_KEY": "1",
    }
    found = {one.what: one.level for one in examine(environ)}
    assert found["sms.text.A01"] == "warn"
