"""The command line from outside: exit codes, one line for what is wrong, output for machines."""

import json
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.conversation import CODE, House, make_house
from tests.doors.command import Shell, Told, make_shell
from tests.journey.live_house import LiveHouse
from tests.zalo_calls import text_event

NEEDED = (
    "SECRET_KEY", "FIELD_KEYS", "ZALO_APP_ID", "ZALO_APP_SECRET", "ZALO_OA_ID",
    "ZALO_OA_SECRET_KEY",
)  # fmt: skip
NOBODY = "postgresql+psycopg://postgres@127.0.0.1:9/bot"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return make_shell(tmp_path)


def one_line(told: Told) -> str:
    """The one line on standard error of a command that could not do its work."""
    assert (told.code, told.out) == (2, ""), told
    [line] = told.lines
    return line


def read(told: Told) -> Any:
    assert told.code == 0, told
    return json.loads(told.out)


# What is missing or wrong


def test_missing_settings_are_all_named_together(shell: Shell) -> None:
    line = one_line(shell.bot("work", **dict.fromkeys(NEEDED, "")))
    assert [name for name in NEEDED if f"{name}: is not set" in line] == list(NEEDED)


def test_malformed_settings_are_all_named_together_and_no_secret_is_shown(shell: Shell) -> None:
    wrong = {
        "PORT": "eighty",
        "DATABASE_URL": "mysql://db",
        "FIELD_KEYS": "not-a-key-but-secret",
        "SECRET_KEY": "too short",
        "TZ_NAME": "Asia/Hue",
        "REDIS_URL": "localhost",
        "TRUSTED_PROXIES": "the proxy",
        "ZALO_OPENAPI_URL": "openapi.zalo.me",
    }
    line = one_line(shell.bot("agency", "list", **wrong))
    assert [name for name in wrong if f"{name}:" in line] == list(wrong)
    assert "not-a-key" not in line
    assert "too short" not in line


def test_a_shifted_clock_is_refused_where_citizens_are_reached(shell: Shell) -> None:
    shifted = {"PUBLIC_URL": "https://motcua.example.vn", "CLOCK_OFFSET_SECONDS": "60"}
    assert "CLOCK_OFFSET_SECONDS" in one_line(shell.bot("agency", "list", **shifted))


@pytest.mark.parametrize("words", [["agency", "list"], ["work", "--burst"], ["migrate"]])
def test_a_database_that_cannot_be_reached_is_one_line(shell: Shell, words: list[str]) -> None:
    line = one_line(shell.bot(*words, DATABASE_URL=NOBODY, REDIS_URL="redis://127.0.0.1:9/0"))
    assert "database: " in line
    assert "DATABASE_URL" in line


def test_a_database_without_its_schema_says_what_to_run(tmp_path: Path) -> None:
    shell = make_shell(tmp_path, migrated=False)
    for words in (["work"], ["agency", "list"]):
        line = one_line(shell.bot(*words, REDIS_URL="redis://127.0.0.1:9/0"))
        assert "python -m bot migrate" in line
    assert shell.bot("migrate").code == 0
    assert read(shell.bot("agency", "list", "--json")) == []
    assert shell.bot("migrate").code == 0


def test_worker_and_web_need_redis_url(shell: Shell) -> None:
    assert "REDIS_URL" in one_line(shell.bot("work"))
    web = shell.run("gunicorn", "-b", "127.0.0.1:0", "--no-control-socket", "wsgi:app")
    assert web.code != 0
    assert "REDIS_URL: is not set" in web.err
    assert "Traceback" not in web.err


def test_a_command_that_does_not_exist_is_a_usage_error(shell: Shell) -> None:
    told = shell.bot("wrok")
    assert (told.code, told.out) == (2, "")
    assert "wrok" in told.err


# Agencies and keys


def test_agencies_are_added_changed_and_listed(shell: Shell) -> None:
    assert shell.bot("agency", "add", "H56", "--name", "UBND tỉnh").code == 0
    below = ["--name", "UBND phường", "--sms-name", "P. Mau", "--parent", "H56"]
    assert shell.bot("agency", "add", "H56.14", *below).code == 0
    assert shell.bot("agency", "add", "H56.14", "--name", "UBND phường Mẫu").code == 0
    switches = ["--same-day-notices", "on", "--step-sms", "on", "--result-hold-minutes", "30"]
    switches += ["--sms-unicode", "on", "--place", "Mẫu", "--code-head", "000.00.14.h56"]
    switches += ["--work-hours", "07:30-11:30,13:00-16:30", "--valid-from", "2020-01-01"]
    switches += ["--valid-to", "2025-06-30", "--successor", "H56"]
    alone = shell.bot("agency", "set", "H56.14", "--successor", "H56")
    assert "successor 'H56' came without a last day" in one_line(alone)
    assert shell.bot("agency", "set", "H56.14", *switches).code == 0
    listed = read(shell.bot("agency", "list", "--json"))
    assert [one["code"] for one in listed] == ["H56", "H56.14"]
    assert listed[1] == {
        "code": "H56.14", "name": "UBND phường Mẫu", "sms_name": "P. Mau", "parent": "H56",
        "same_day_notices": True, "step_sms": True, "result_hold_minutes": 30,
        "sms_unicode": True, "address": None, "open_hours": None, "hotline": None,
        "place": "Mẫu", "desk_name": None, "work_hours": "07:30-11:30,13:00-16:30",
        "code_head": "000.00.14.H56", "valid_from": "2020-01-01", "valid_to": "2025-06-30",
        "successor": "H56", "served_by": "H56",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["agency", "add", "H56.14", "--name", "A", "--parent", "H99"], "H99"),
        (["agency", "set", "H99", "--step-sms", "on"], "H99"),
        (["agency", "set", "H99"], "--help"),
        (["procedure", "list", "--agency", "H99"], "H99"),
        (["procedure", "import", "nowhere.csv", "--agency", "H99"], "nowhere.csv"),
        (["feed-key", "add", "H99"], "H99"),
        (["message", "list", "--code", "H56.14-240823-0009"], "H56.14-240823-0009"),
        (["zalo", "link", "--access-token", "a"], "--refresh-token"),
    ],
)
def test_input_that_cannot_be_is_one_line(shell: Shell, words: list[str], named: str) -> None:
    assert named in one_line(shell.bot(*words))


def test_a_feed_key_is_shown_once_as_json(shell: Shell) -> None:
    shell.bot("agency", "add", "H56", "--name", "UBND tỉnh")
    keys = [
        read(shell.bot("feed-key", "add", "H56")),
        read(shell.bot("feed-key", "add", "H56", "--all-agencies")),
    ]
    assert [sorted(key) for key in keys] == [["id", "secret"]] * 2
    assert keys[0]["id"] != keys[1]["id"]
    stored = (shell.folder / "bot.db").read_bytes()
    assert keys[0]["secret"].encode() not in stored


# Messages


def test_every_message_about_a_dossier_is_listed(tmp_path: Path) -> None:
    shell = make_shell(tmp_path)
    house: House = make_house(shell.environ["DATABASE_URL"])
    house.feed()
    house.hear(text_event(CODE))
    [message] = read(shell.bot("message", "list", "--code", "h56 14 240823 0001", "--json"))
    assert sorted(message) == ["at", "channel", "event", "reason", "state"]
    assert (message["event"], message["channel"], message["state"], message["reason"]) == (
        "lookup", "zalo", "pending", None,
    )  # fmt: skip


# The doctor


def found(told: Told) -> dict[str, tuple[str, str]]:
    rows = json.loads(told.out)
    assert {tuple(sorted(row)) for row in rows} == {("do", "level", "what", "why")}
    assert all(row["do"] for row in rows if row["level"] != "ok")
    return {row["what"]: (row["level"], row["why"]) for row in rows}


def test_the_doctor_names_every_missing_setting(shell: Shell) -> None:
    told = shell.bot("doctor", "--json", **dict.fromkeys(NEEDED, ""))
    assert told.code == 1
    assert set(found(told)) == {f"settings.{name}" for name in NEEDED}


def test_the_doctor_of_a_house_that_was_never_linked(shell: Shell, redis_url: str) -> None:
    told = shell.bot("doctor", "--json", REDIS_URL=redis_url)
    assert told.code == 1
    levels = {what: level for what, (level, _) in found(told).items()}
    assert (levels["settings"], levels["database"], levels["redis"]) == ("ok", "ok", "ok")
    assert (levels["redis.appendonly"], levels["workers"]) == ("ok", "warn")
    assert levels["zalo.token"] == "fail"
    plain = shell.bot("doctor", REDIS_URL=redis_url)
    assert any(line.startswith("fail  zalo.token  ") for line in plain.out.splitlines())


def test_a_redis_without_append_only_is_a_warning(shell: Shell, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.config_set("appendonly", "no")
        told = shell.bot("doctor", "--json", REDIS_URL=redis_url)
        client.config_set("appendonly", "yes")
    assert found(told)["redis.appendonly"][0] == "warn"


def test_the_doctor_says_what_does_not_answer(shell: Shell) -> None:
    told = shell.bot("doctor", "--json", DATABASE_URL=NOBODY, REDIS_URL="redis://127.0.0.1:9/0")
    assert told.code == 1
    levels = {what: level for what, (level, _) in found(told).items()}
    assert (levels["database"], levels["redis"]) == ("fail", "fail")


# Zalo, against the sandbox, and the worker that ends by itself


def test_the_tokens_are_linked_watched_and_renewed(
    sqlite_url: str, redis_url: str, tmp_path: Path
) -> None:
    house = LiveHouse(sqlite_url, redis_url, tmp_path)
    shell = Shell(tmp_path, house.environ)
    try:
        house.start_sandbox()
        pair = house.control("token")
        tokens = (pair["access_token"], pair["refresh_token"])
        by_hand = ["--access-token", tokens[0], "--refresh-token", tokens[1], "--expires-in", "90"]
        assert shell.bot("zalo", "link", *by_hand).code == 0
        assert 0 < read(shell.bot("zalo", "status", "--json"))["expires_in_seconds"] <= 90
        linked = shell.bot("zalo", "link", "--stdin", stdin=json.dumps(pair))
        status = shell.bot("zalo", "status")
        refreshed = shell.bot("zalo", "refresh")
        assert [linked.code, status.code, refreshed.code] == [0, 0, 0]
        told = "".join(one.out + one.err for one in (linked, status, refreshed))
        assert [token for token in tokens if token in told] == []
        assert read(shell.bot("zalo", "status", "--json"))["version"] == 3
        assert found(shell.bot("doctor", "--json"))["zalo.api"][0] == "ok"
        house.control("fault", name="grant_lost", on=True)
        refused = shell.bot("zalo", "refresh")
        assert (refused.code, len(refused.out)) == (1, 0)
        assert "python -m bot zalo link" in refused.err
        assert found(shell.bot("doctor", "--json"))["zalo.token"][0] == "fail"
    finally:
        house.close()


def test_a_burst_does_what_is_due_and_ends(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    house = LiveHouse(sqlite_url, redis_url, tmp_path)
    shell = Shell(tmp_path, house.environ)
    try:
        house.open()
        house.feed([CODE])
        house.say("an", CODE)
        house.say("binh", "xin chào")
        while house.events() < 2:
            house.replies()
        assert shell.bot("work", "--burst").code == 0
        assert len(house.replies()) == 2
        [message] = read(shell.bot("message", "list", "--code", CODE, "--json"))
        assert message["state"] == "delivered"
    finally:
        house.close()
