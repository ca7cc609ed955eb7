"""What docs/sms-in.md and its Vietnamese part show is what happens."""

import re
import subprocess
from pathlib import Path

import pytest

from bot.core.sms_text import sms_parts, unaccented
from bot.texts.catalogue import load_catalogue
from tests.sms_calls import KEYS, words_of
from tests.webhooks.sms_asking import FOUND, make_sms_house, served_whole

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH, VIETNAMESE = (
    (DOCS / name).read_text(encoding="utf-8") for name in ("sms-in.md", "sms-in.vi.md")
)


def test_the_call_to_try_is_answered(sqlite_url: str) -> None:
    [script] = re.findall(r"^```bash\n(.*?)^```$", ENGLISH, re.S | re.M)
    house = make_sms_house(sqlite_url)
    with served_whole(house.runtime) as address:
        environ = {"PATH": "/usr/bin:/bin", "BASE": address}
        environ["SMS_MO_ESMS_KEY"] = KEYS["sms_mo_esms_key"]
        done = subprocess.run(
            ["bash", "-ceu", script], env=environ, capture_output=True, timeout=30, check=True
        )
    assert words_of("esms", done.stdout) == FOUND


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("sms.usage", {"keyword": "MCKH", "example": "0101701234"}),
        ("sms.unknown", {"code": "0000000001"}),
        ("sms.one_each", {}),
        ("sms.come_back", {"most": "10", "time": "10:00 ngày 25/11/2026"}),
        ("sms.trouble", {}),
    ],
)
def test_operators_are_shown_the_words_that_are_sent(key: str, values: dict[str, str]) -> None:
    assert f"`{unaccented(load_catalogue().render(key, **values))}`" in VIETNAMESE


def test_operators_and_developers_are_shown_the_sentence_that_is_sent() -> None:
    assert f"`{FOUND}`" in VIETNAMESE
    assert f"`{FOUND}`" in ENGLISH


def test_a_step_of_eighty_letters_fits_one_part_with_ten_digits() -> None:
    said = FOUND.replace("Tham dinh ho so", "x" * 80)
    assert "up to 80 letters" in ENGLISH.replace("\n", " ")
    assert sms_parts(said) == 1
