"""Settings as people write them: read where they can be meant, refused in one line where not."""

from pathlib import Path

import pytest

from bot.core.notice import NoticeEvent
from bot.settings import SettingsError, load_settings, secret_names

NEEDS = ("ZALO_TEMPLATES",)


def read(templates: str) -> dict[str, str]:
    settings = load_settings({"ZALO_TEMPLATES": templates}, NEEDS)
    return {event: one.id for event, one in settings.zalo_templates.items()}


@pytest.mark.parametrize("written", ['"412233"', "412233"])
def test_a_template_s_id_may_be_written_as_zalo_s_pages_show_it(written: str) -> None:
    assert read(f'{{"result":{{"id":{written}}}}}') == {NoticeEvent.RESULT: "412233"}


@pytest.mark.parametrize(
    ("templates", "told"),
    [
        ("{", "expected JSON"),
        ("[]", "expected a JSON object"),
        ('{"results":{"id":"1"}}', "'results' is no event"),
        ('{"result":"412233"}', 'result: expected {"id":"…"'),
        ('{"result":{"id":true}}', 'result: expected {"id":"…"'),
        ('{"result":{"id":1.5}}', 'result: expected {"id":"…"'),
        ('{"result":{"id":"1","params":{"a":7}}}', "result.a: expected a text"),
        ('{"result":{"id":"1","params":{"a":"{name}"}}}', "result.a: {name} is unknown"),
    ],
)
def test_templates_that_cannot_be_meant_are_refused_by_name(templates: str, told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(templates)
    [fault] = refused.value.faults
    assert fault.name == "ZALO_TEMPLATES"
    assert told in fault.why


# Secrets in files of their own


def write(place: Path, content: bytes) -> str:
    place.write_bytes(content)
    return str(place)


def test_a_secret_is_read_out_of_its_file(tmp_path: Path) -> None:
    key = write(tmp_path / "key", b"  " + b"k" * 40 + b"\n")
    address = write(tmp_path / "url", b"postgresql+psycopg://motcua:a%40b@db/motcua\n")
    settings = load_settings({"SECRET_KEY_FILE": key, "DATABASE_URL_FILE": address}, ())
    assert settings.secret_key == "k" * 40
    assert settings.database_url == "postgresql+psycopg://motcua:a%40b@db/motcua"


def test_every_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    assert {"SECRET_KEY", "FIELD_KEYS", "BACKUP_KEYS", "ZALO_APP_SECRET", "PULL_TOKEN"} < set(
        secret_names()
    )
    assert not {"PORT", "PUBLIC_URL"} & set(secret_names())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "is no text (UTF-8)"),
        (b"x" * 70_000, "is larger than 65536 bytes"),
    ],
)
def test_a_secret_s_file_that_cannot_be_meant_is_named(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    place = tmp_path / "secret"
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        load_settings({"SECRET_KEY_FILE": str(place)}, ("SECRET_KEY",))
    [fault] = refused.value.faults
    assert fault.name == "SECRET_KEY_FILE"
    assert told in fault.why


def test_a_secret_given_twice_is_refused_without_being_told(tmp_path: Path) -> None:
    place = write(tmp_path / "secret", b"in the file, 32 characters or more")
    given = {"SECRET_KEY": "in the environment, 32 characters", "SECRET_KEY_FILE": place}
    with pytest.raises(SettingsError) as refused:
        load_settings(given, ("SECRET_KEY",))
    assert str(refused.value) == (
        "SECRET_KEY_FILE: is set, and SECRET_KEY is too; keep one of the two"
    )


def test_a_province_cannot_forget_to_require_the_second_factor(tmp_path: Path) -> None:
    given = {"VAR_DIR": str(tmp_path), "PUBLIC_URL": "https://dvc.example.vn"}
    assert load_settings(given, ()).second_factor == "required"
    with pytest.raises(SettingsError, match="SECOND_FACTOR: is optional although PUBLIC_URL is"):
        load_settings({**given, "SECOND_FACTOR": "optional"}, ())


@pytest.mark.parametrize(
    ("address", "factor"),
    [("https://dvc.tinh.gov.vn", "required"), ("http://127.0.0.1:8000", "optional")],
)
def test_a_second_factor_is_required_where_citizens_are_reached(address: str, factor: str) -> None:
    assert load_settings({"PUBLIC_URL": address}, ()).second_factor == factor
