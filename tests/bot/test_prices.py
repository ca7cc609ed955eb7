"""The price table: what a message costs, and what a faulty table says."""

from pathlib import Path

import pytest

from bot.prices import load_prices
from bot.settings import GATEWAY_NEEDS

TABLE = """
[sms]
esms = 850
speedsms = 400
vietguys = 0
[template]
uid = 100
phone = 120
[chat]
paid = 55
"""


def test_every_gateway_and_every_way_has_a_price() -> None:
    prices = load_prices()
    assert all(350 <= prices.sms(gateway, 1) <= 1000 for gateway in GATEWAY_NEEDS)
    assert 0 < prices.template(uid=True) <= prices.template(uid=False)
    assert prices.chat_paid == 55


def test_an_sms_is_paid_by_the_part_and_a_template_by_its_way(tmp_path: Path) -> None:
    place = tmp_path / "prices.toml"
    place.write_text(TABLE, encoding="utf-8")
    prices = load_prices(place)
    assert [prices.sms("esms", parts) for parts in (1, 2, 3)] == [850, 1700, 2550]
    assert prices.sms("vietguys", 3) == 0
    assert (prices.template(uid=True), prices.template(uid=False)) == (100, 120)


def test_a_gateway_that_does_not_exist_has_no_price() -> None:
    with pytest.raises(KeyError):
        load_prices().sms("none", 1)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("speedsms = 400\n", ""),
        ("speedsms = 400", "speedsms = 400.5"),
        ("speedsms = 400", "speedsms = -1"),
        ("speedsms = 400", "speedsms = true"),
        ("speedsms = 400", 'speedsms = "400"'),
    ],
)
def test_a_faulty_price_is_named(tmp_path: Path, line: str, instead: str) -> None:
    place = tmp_path / "prices.toml"
    place.write_text(TABLE.replace(line, instead), encoding="utf-8")
    with pytest.raises(ValueError, match=r"\[sms\] speedsms"):
        load_prices(place)


@pytest.mark.parametrize("section", ["template", "chat"])
def test_a_missing_section_is_named(tmp_path: Path, section: str) -> None:
    place = tmp_path / "prices.toml"
    place.write_text(TABLE.replace(f"[{section}]", "[other]"), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"\[{section}\]"):
        load_prices(place)
