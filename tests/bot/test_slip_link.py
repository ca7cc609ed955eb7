"""The keys of slips' links, present and earlier, and what their tails stand for."""

import pytest

from bot.settings import SettingsError, load_settings
from bot.slip_link import signed_code, slip_key, slip_keys
from receipts.signature import slip_signature
from tests.make import FIELD_KEY, SECRET_KEY, make_settings

CODE = "H56.14-240823-0001"
OLD, OLDER = (
    "an earlier key of 32 or more characters, a",
    "an earlier key of 32 or more characters, b",
)
NEEDED = {"SECRET_KEY": SECRET_KEY, "FIELD_KEYS": FIELD_KEY}


def tail(key: bytes, code: str = CODE) -> str:
    return f"{code}.{slip_signature(key, code)}"


@pytest.mark.parametrize("secret", [SECRET_KEY, OLD, OLDER])
def test_a_slip_of_any_key_that_is_kept_is_good(secret: str) -> None:
    printed = tail(slip_key(make_settings("sqlite://", secret_key=secret)))
    keys = slip_keys(make_settings("sqlite://", secret_key_previous=(OLD, OLDER)))
    assert signed_code(keys, printed) == CODE
    assert signed_code(keys, printed.lower()) == CODE
    assert (signed_code(keys[:1], printed) == CODE) == (secret == SECRET_KEY)


@pytest.mark.parametrize(
    "written", ["", ".", CODE, f"{CODE}.", ".ABCDEFGHIJ", "ồ.ABCDEFGHIJ", "9" * 65 + ".ABCDEFGHIJ"]
)
def test_anything_else_stands_for_no_code(written: str) -> None:
    assert signed_code(slip_keys(make_settings("sqlite://")), written) is None


def test_a_signature_over_another_spelling_is_not_the_slips() -> None:
    key = slip_key(make_settings("sqlite://"))
    assert signed_code((key,), tail(key, CODE.lower())) is None
    assert signed_code((key,), tail(key, "9" * 65)) is None


def test_earlier_keys_come_as_a_list_and_the_present_one_mints() -> None:
    environ = {
        **NEEDED,
        "SECRET_KEY_PREVIOUS": f"{OLD.replace(',', '')} , {OLDER.replace(',', '')}",
    }
    settings = load_settings(environ, needs=tuple(NEEDED))
    assert len(slip_keys(settings)) == 3
    assert slip_key(settings) == slip_keys(settings)[0]
    assert OLD[:20] not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY_PREVIOUS", "short"),
        ("SLIP_BARCODE", "ean13"),
        ("SMS_SHORT_CODE", "MCKH"),
    ],
)
def test_a_malformed_setting_is_named_and_a_secret_is_not_told(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({**NEEDED, name: value}, needs=tuple(NEEDED))
    [fault] = refusal.value.faults
    assert fault.name == name
    assert name != "SECRET_KEY_PREVIOUS" or value not in str(fault)
