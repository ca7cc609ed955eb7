"""A rehearsal's environment: made-up secrets kept, a live `.env` left alone."""

import stat
from pathlib import Path

import pytest

from bot.core.notice import NoticeEvent
from bot.core.template_form import TEMPLATE_NAMES
from bot.kept_environment import CutShort
from bot.rehearsal import SECRETS, rehearsal_environment
from bot.settings import SettingsError, gather, load_settings


def test_secrets_are_made_once_and_readable_by_us_alone(tmp_path: Path) -> None:
    first = rehearsal_environment({"VAR_DIR": str(tmp_path)})
    second = rehearsal_environment({"VAR_DIR": str(tmp_path)})
    assert [first[name] for name in SECRETS] == [second[name] for name in SECRETS]
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600


def test_a_second_start_on_another_port_is_reached_there(tmp_path: Path) -> None:
    rehearsal_environment({"VAR_DIR": str(tmp_path), "PORT": "8000"})
    second = rehearsal_environment({"VAR_DIR": str(tmp_path), "PORT": "8100"})
    assert second["PUBLIC_URL"] == "http://127.0.0.1:8100"
    assert second["SANDBOX_WEBHOOK_URL"] == "http://127.0.0.1:8100/webhooks/zalo"


@pytest.mark.parametrize(
    ("given", "factor"),
    [
        ({}, "optional"),
        ({"PUBLIC_URL": "https://thu.example.vn"}, "required"),
        ({"SECOND_FACTOR": "required"}, "required"),
    ],
)
def test_a_newcomer_needs_no_telephone_but_where_the_internet_reaches_in(
    tmp_path: Path, given: dict[str, str], factor: str
) -> None:
    found = rehearsal_environment({"VAR_DIR": str(tmp_path), **given})
    assert found["SECOND_FACTOR"] == factor
    assert load_settings(found).second_factor == factor


@pytest.mark.parametrize(
    ("given", "is_offered"),
    [
        ({}, True),
        ({"BIND": "localhost"}, True),
        ({"BIND": "127.0.0.9"}, True),
        ({"BIND": "0.0.0.0"}, False),
        ({"BIND": "::"}, False),
        ({"BIND": "10.1.2.3"}, False),
        ({"PUBLIC_URL": "https://thu.example.vn"}, False),
    ],
)
def test_the_log_in_that_asks_for_no_password_is_for_this_machine_alone(
    tmp_path: Path, given: dict[str, str], is_offered: bool
) -> None:
    found = rehearsal_environment({"VAR_DIR": str(tmp_path), **given})
    assert bool(load_settings(found).oidc_issuer) is is_offered


def test_a_rehearsal_never_touches_the_house_of_a_live_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = (
        "DATABASE_URL=postgresql+psycopg://live/house\nZALO_OPENAPI_URL=https://openapi.zalo.me\n"
    )
    (tmp_path / ".env").write_text(live, encoding="utf-8")
    monkeypatch.setattr("bot.rehearsal.CHECKOUT", tmp_path)
    found = rehearsal_environment({"VAR_DIR": str(tmp_path / "var")})
    assert found["DATABASE_URL"].startswith("sqlite:///")
    assert found["ZALO_OPENAPI_URL"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "name", ["ZALO_OPENAPI_URL", "ZALO_BUSINESS_URL", "ESMS_URL", "SPEEDSMS_URL", "VIETGUYS_URL"]
)
def test_a_carriers_address_in_the_environment_does_not_lead_out(tmp_path: Path, name: str) -> None:
    given = {"VAR_DIR": str(tmp_path), name: "https://carrier.example/send"}
    assert rehearsal_environment(given)[name].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("gateway", ["esms", "speedsms", "vietguys"])
def test_the_made_up_environment_is_one_the_product_starts_from(
    tmp_path: Path, gateway: str
) -> None:
    given = rehearsal_environment({"VAR_DIR": str(tmp_path), "SMS_GATEWAY": gateway})
    settings = load_settings(given)
    assert settings.sms_gateway == gateway
    chat_or_sms = {NoticeEvent.OTP, NoticeEvent.POSTED}
    assert set(settings.zalo_templates) == {*TEMPLATE_NAMES} - chat_or_sms


def test_other_commands_of_the_checkout_find_the_same_carriers(tmp_path: Path) -> None:
    made = rehearsal_environment({"VAR_DIR": str(tmp_path)})
    found = gather({"VAR_DIR": str(tmp_path)})
    names = ("ESMS_URL", "ESMS_API_KEY", "SMS_GATEWAY", "ZALO_TEMPLATES")
    assert {name: found[name] for name in names} == {name: made[name] for name in names}


def test_a_file_that_was_cut_short_is_told_and_no_secret_is_made_anew(tmp_path: Path) -> None:
    given = {"VAR_DIR": str(tmp_path)}
    rehearsal_environment(given)
    place = tmp_path / "env"
    whole = place.read_text()
    lines = [at for at, letter in enumerate(whole) if letter == "\n"]
    for cut in (0, 10, *lines[:-1:5], lines[4] + 9, len(whole) - 3):
        place.write_text(whole[: cut + 1])
        with pytest.raises(CutShort):
            rehearsal_environment(given)
        with pytest.raises(SettingsError, match="was cut short"):
            load_settings(given, ())
        assert place.read_text() == whole[: cut + 1]
    place.write_text(whole)
    assert rehearsal_environment(given)["FIELD_KEYS"] in whole


def test_a_file_of_an_older_version_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("# Made by hand.\nSECRET_KEY='kept'\n")
    assert rehearsal_environment({"VAR_DIR": str(tmp_path)})["SECRET_KEY"] == "kept"


def test_a_template_of_the_environments_own_wins(tmp_path: Path) -> None:
    own = '{"otp":{"id":"412238","params":{"otp":"{otp}"}}}'
    given = {"VAR_DIR": str(tmp_path), "ZALO_TEMPLATES": own, "SMS_GATEWAY": "none"}
    made = rehearsal_environment(given)
    assert (made["ZALO_TEMPLATES"], made["SMS_GATEWAY"]) == (own, "none")
