"""What the doctor says of templates: against the rehearsal Zalo, and without any."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from sqlalchemy import insert
from structlog.testing import capture_logs

from bot.doctor_templates import template_findings, warn_of_templates
from bot.finding import Finding
from bot.renew import link
from bot.runtime import Runtime
from bot.store.notice_tables import attempt, notice
from tests.conversation import House, make_house
from tests.make import NOW
from tests.sandbox.rehearsal import APP_ID, APP_SECRET, Product, Rehearsal

CODE_AND_AGENCY = {"ma_ho_so": "{code}", "co_quan": "{agency}"}
BUSINESS = "http://zalo.test/business"
DECLARED = [{"name": "ma_ho_so", "require": True, "type": "STRING", "maxLength": 30}]


@pytest.fixture(scope="module")
def zalo() -> Iterator[Rehearsal]:
    """A rehearsal Zalo for the whole file: nothing here changes it."""
    product = Product()
    rehearsal = Rehearsal(product)
    yield rehearsal
    rehearsal.close()
    product.close()


def linked(zalo: Rehearsal, url: str, templates: dict[str, Any], **settings: Any) -> House:
    """A house whose templates the rehearsal Zalo knows."""
    house = make_house(
        url,
        zalo_app_id=APP_ID,
        zalo_app_secret=APP_SECRET,
        zalo_oauth_url=f"{zalo.url}/oauth",
        zalo_openapi_url=f"{zalo.url}/openapi",
        zalo_business_url=f"{zalo.url}/business",
        zalo_templates=templates,
        **settings,
    )
    pair = zalo.control("token")
    link(house.runtime, pair["access_token"], pair["refresh_token"], int(pair["expires_in"]))
    return house


def offline(url: str, templates: dict[str, Any], **settings: Any) -> Runtime:
    """A runtime with a token, whose Zalo each test makes up."""
    house = make_house(url, zalo_business_url=BUSINESS, zalo_templates=templates, **settings)
    link(house.runtime, "access-token", "refresh-token", 90_000)
    return house.runtime


def told(findings: list[Finding], what: str) -> list[str]:
    """Level and reason of the findings under one name."""
    return [f"{one.level} {one.why}" for one in findings if one.what == what]


def about(runtime: Runtime, event: str = "result") -> list[str]:
    return told(template_findings(runtime), f"template.{event}")


def test_templates_that_fit_are_well(zalo: Rehearsal, database_url: str) -> None:
    templates = {
        "result": {"id": "412233", "params": CODE_AND_AGENCY},
        "received": {"id": "412236", "params": {**CODE_AND_AGENCY, "ngay_hen": "{due_date}"}},
        "step": {"id": "412237",
                 "params": {"ma_ho_so": "{code}", "buoc": "{step}", "trang_thai": "{timing}"}},
        "otp": {"id": "412238", "params": {"otp": "{otp}"}},
    }  # fmt: skip
    house = linked(zalo, database_url, templates)
    house.feed()
    findings = template_findings(house.runtime)
    assert [one.what for one in findings] == ["otp", *(f"template.{event}" for event in templates)]
    assert {one.level for one in findings} == {"ok"}


@pytest.mark.parametrize(
    ("event", "template", "why"),
    [
        ("result", {"id": "1", "params": {}}, "Zalo refuses template 1: -109"),
        ("result", {"id": "412299", "params": {"ma_ho_so": "{code}"}}, "is PENDING_REVIEW"),
        ("result", {"id": "412233", "params": {"ma_ho_so": "{code}"}}, "requires co_quan"),
        ("result", {"id": "412233", "params": {**CODE_AND_AGENCY, "ten": "x"}}, "is given ten"),
        ("result", {"id": "398001", "params": CODE_AND_AGENCY}, "is older than 10/12/2025"),
        ("result", {"id": "412238", "params": {"otp": "{code}"}}, "is for one-time codes"),
        ("result", {"id": "412233", "params": {"ma_ho_so": "Mã hồ sơ là {code}", "co_quan": "x"}},
         "takes 30 characters of ma_ho_so; Mã hồ sơ là {code} has up to 31"),
        ("step", {"id": "412237", "params": {"ma_ho_so": "{code}", "buoc": "{step}",
                                             "trang_thai": "{step}"}},
         "takes 30 characters of trang_thai; {step} has up to 41"),
    ],
    ids=["unknown id", "not approved", "not given", "not declared", "too old for a user id",
         "one-time code by user id", "code too long", "step too long"],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_what_to_do(
    zalo: Rehearsal, sqlite_url: str, event: str, template: dict[str, Any], why: str
) -> None:
    house = linked(zalo, sqlite_url, {event: template})
    house.feed("H56.14-240823-00012", step="Thẩm định hồ sơ tại Phòng Kinh tế hạ tầng")
    found = [one for one in template_findings(house.runtime) if one.what == f"template.{event}"]
    [finding] = [one for one in found if why in one.why]
    assert finding.level == "warn"
    assert finding.do
    assert not any(one.level == "ok" for one in found)


def test_one_bad_template_does_not_hide_the_others(zalo: Rehearsal, sqlite_url: str) -> None:
    templates = {
        "result": {"id": "1"},
        "supplement": {"id": "412234", "params": CODE_AND_AGENCY},
    }
    findings = template_findings(linked(zalo, sqlite_url, templates).runtime)
    levels = [(one.what, one.level) for one in findings if one.what.startswith("template.")]
    assert levels == [("template.result", "warn"), ("template.supplement", "ok")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"templateQuality": "LOW"}, "has the quality LOW"),
        ({"status": "DISABLE"}, "is DISABLE, not ENABLE"),
        ({"status": None}, "is of no status"),
        ({"listParams": []}, "is given ma_ho_so, which it does not declare"),
    ],
)
def test_what_zalo_declares_otherwise_is_named(
    sqlite_url: str, data: dict[str, Any], why: str
) -> None:
    runtime = offline(sqlite_url, {"result": {"id": "412233", "params": {"ma_ho_so": "{code}"}}})
    declared = {"status": "ENABLE", "templateQuality": "HIGH", "listParams": DECLARED, **data}
    with responses.RequestsMock() as wire:
        address = f"{BUSINESS}/template/info/v2"
        wire.add(responses.GET, address, json={"error": 0, "data": declared})
        assert [one for one in about(runtime) if why in one]


@pytest.mark.parametrize(
    "given",
    [
        {"body": requests.exceptions.ConnectionError("down")},
        {"status": 500},
        {"json": {"error": -124, "message": "Access token invalid"}},
        {"json": {"error": -100, "message": "Try later"}},
        {"body": "<html>", "status": 200},
    ],
    ids=["unreachable", "500", "dead token", "try later", "no JSON"],
)
def test_a_zalo_that_cannot_be_asked_is_one_warning(sqlite_url: str, given: Any) -> None:
    templates = {event: {"id": f"4{n}"} for n, event in enumerate(("result", "step", "apology"))}
    runtime = offline(sqlite_url, templates, sms_gateway="esms")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.add(responses.GET, f"{BUSINESS}/template/info/v2", **given)
        warned = [one for one in template_findings(runtime) if one.level != "ok"]
        assert len(wire.calls) == 1
    assert [one.what for one in warned] == ["zalo.templates"]


def test_without_a_token_nothing_is_asked(sqlite_url: str) -> None:
    house = make_house(sqlite_url, zalo_templates={"result": {"id": "1"}}, sms_gateway="esms")
    with responses.RequestsMock():
        [warned] = [one for one in template_findings(house.runtime) if one.level != "ok"]
    assert "access token" in warned.why
    link(house.runtime, "access-token", "refresh-token", 3600)
    house.clock.move(hours=2)
    with responses.RequestsMock():
        [warned] = [one for one in template_findings(house.runtime) if one.level != "ok"]
    assert "access token" in warned.why


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        ({}, "warn"),
        ({"sms_gateway": "speedsms"}, "ok"),
        ({"zalo_templates": {"otp": {"id": "1"}}}, "ok"),
        ({"zalo_templates": {"result": {"id": "1"}}}, "warn"),
    ],
    ids=["neither", "a gateway", "an otp template", "another template only"],
)
def test_whether_a_phone_can_be_proved(
    sqlite_url: str, settings: dict[str, Any], level: str
) -> None:
    [finding] = told(template_findings(make_house(sqlite_url, **settings).runtime), "otp")
    assert finding.split()[0] == level


def test_no_template_at_all_is_told(sqlite_url: str) -> None:
    findings = template_findings(make_house(sqlite_url).runtime)
    assert [one.level for one in findings if one.what == "zalo.template.none"] == ["warn"]


def test_what_was_refused_lately_is_counted(zalo: Rehearsal, database_url: str) -> None:
    templates = {"result": {"id": "412233", "params": CODE_AND_AGENCY}}
    house = linked(zalo, database_url, templates)
    refused(house.runtime, "result", "-1122", ["t1", "t2"])
    refused(house.runtime, "result", "-118", ["no zalo"])
    refused(house.runtime, "result", "-1122", ["old"], NOW - timedelta(days=2))
    [first, second] = about(house.runtime)
    assert "template_phone refused 2 times in 24 h with -1122: a parameter is missing" in first
    assert second.startswith("ok")


def refused(runtime: Runtime, event: str, code: str, names: list[str], at: datetime = NOW) -> None:
    """Attempts of one event that Zalo refused with one code."""
    owed = {
        "key": f"{event}:{code}:{at}", "lane": "normal", "event": event, "changed_at": at,
        "recipient": "", "agency_code": "H56.14", "procedure_code": "1", "state": "waiting",
        "created_at": at, "expires_at": datetime(2027, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    with runtime.engine.begin() as connection:
        made = connection.execute(insert(notice).values(owed)).inserted_primary_key
        assert made is not None
        for name in names:
            tried = {
                "notice_id": made[0], "rung": "template_phone", "recipient": name,
                "carrier": "zbs", "request_id": name, "text_mark": b"", "state": "failed",
                "code": code, "begun_at": at,
            }  # fmt: skip
            connection.execute(insert(attempt).values(tried))


def test_zalos_reason_for_a_refused_template_is_repeated(sqlite_url: str) -> None:
    templates = {"result": {"id": "412233", "params": {"ma_ho_so": "{code}"}}}
    house = make_house(sqlite_url, zalo_business_url=BUSINESS, zalo_templates=templates)
    link(house.runtime, "access-token", "refresh-token", 90_000)
    house.hear(
        {
            "event_name": "change_template_status",
            "oa_id": house.runtime.settings.zalo_oa_id,
            "template_id": "412233",
            "status": {"prev_status": "PENDING_REVIEW", "new_status": "REJECT"},
            "reason": "Nội dung chưa rõ",
            "timestamp": "1795572000000",
        }
    )
    answer = {"error": 0, "data": {"status": "REJECT", "listParams": DECLARED}}
    with responses.RequestsMock() as wire:
        wire.add(responses.GET, f"{BUSINESS}/template/info/v2", json=answer)
        [line] = about(house.runtime)
    assert "is REJECT, not ENABLE (Nội dung chưa rõ)" in line


def test_a_worker_says_it_once_at_its_start(zalo: Rehearsal, sqlite_url: str) -> None:
    house = linked(zalo, sqlite_url, {"result": {"id": "412299", "params": {"ma_ho_so": "{code}"}}})
    with capture_logs() as logs:
        warn_of_templates(house.runtime)
    checks = [one for one in logs if one["event"] == "template.check"]
    assert [one["what"] for one in checks] == ["otp", "template.result"]
    assert all(one["log_level"] == "warning" and one["do"] for one in checks)


@pytest.mark.parametrize(
    ("template", "level", "why"),
    [
        ({"id": "412250", "params": {"tieu_de": "{title}", "noi_dung": "{text}"}}, "ok", "fits"),
        ({"id": "412250", "params": {"tieu_de": "{title}"}}, "warn", "requires noi_dung"),
        ({"id": "1", "params": {}}, "warn", "Zalo does not tell of template 1"),
    ],
)
def test_the_template_of_announcements_is_looked_at_too(
    zalo: Rehearsal, sqlite_url: str, template: dict[str, Any], level: str, why: str
) -> None:
    templates = {"result": {"id": "412233", "params": CODE_AND_AGENCY}}
    house = linked(zalo, sqlite_url, templates, zalo_announcement_template=template)
    [found] = about(house.runtime, "announcement")
    assert found.startswith(level)
    assert why in found
