"""The short code's aggregators, as the rehearsal plays them, against our addresses, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.store.tables import sms_inbound
from tests.conversation import House, make_house
from tests.sandbox.rehearsal import Product, Rehearsal
from tests.webhooks.sms_asking import FOUND, LOCAL, served_whole

KEYS = {
    "SMS_MO_ESMS_KEY": "esms key + / =",
    "SMS_MO_1PAY_ACCESS_KEY": "access & key",
    "SMS_MO_1PAY_SECRET": "bí mật",
}
AGGREGATORS = ("esms", "1pay", "cpurl")


@pytest.fixture
def house(sqlite_url: str) -> House:
    keys: dict[str, Any] = {name.lower(): key for name, key in KEYS.items()}
    made = make_house(sqlite_url, sms_mo_cpurl_ips=("127.0.0.1",), **keys)
    made.feed(local_code=LOCAL)
    return made


@pytest.fixture
def zalo(house: House) -> Iterator[Rehearsal]:
    """A rehearsal whose short code leads to our web application."""
    product = Product()
    with served_whole(house.runtime) as address:
        rehearsal = Rehearsal(product, SANDBOX_SMS_INBOUND_URL=f"{address}/webhooks/sms", **KEYS)
        yield rehearsal
        rehearsal.close()
    product.close()


def stored(house: House) -> int:
    with house.runtime.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(sms_inbound)).scalar_one()


@pytest.mark.parametrize("aggregator", AGGREGATORS)
@pytest.mark.parametrize("words", ["MCKH", "mckh_", "MCKH mã số:", "MCKH + & = % 😀 \u00a0"])
def test_a_citizens_question_is_answered_through_every_aggregator(
    zalo: Rehearsal, aggregator: str, words: str
) -> None:
    told = zalo.control("sms", user="an", text=f"{words} {LOCAL}", aggregator=aggregator)
    assert (told["reply"], told["refunded"]) == (FOUND, False)


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_a_repeat_is_one_sms_to_us_and_the_same_words(
    zalo: Rehearsal, house: House, aggregator: str
) -> None:
    asked = {"user": "an", "text": f"MCKH {LOCAL}", "aggregator": aggregator}
    first = zalo.control("sms", **asked)
    house.feed(local_code=LOCAL, step="Trình ký", changed_at=house.clock.moment.replace(hour=3))
    again = zalo.control("sms", **asked, request_id=first["request_id"])
    assert again["reply"] == FOUND
    assert stored(house) == 1


@pytest.mark.parametrize(("aggregator", "refunded"), [("esms", False), ("1pay", True)])
def test_a_wrong_syntax_is_paid_back_where_the_form_can(
    zalo: Rehearsal, aggregator: str, refunded: bool
) -> None:
    told = zalo.control("sms", user="an", text="xin chào", aggregator=aggregator)
    assert told["refunded"] is refunded
    assert "Moi soan MCKH" in told["reply"]


def test_a_rehearsal_with_other_keys_is_refused(zalo: Rehearsal) -> None:
    product = Product()
    stranger = Rehearsal(
        product, SANDBOX_SMS_INBOUND_URL=zalo._settings.sms_inbound_url, SMS_MO_ESMS_KEY="other"
    )
    answer = stranger.http.post(
        f"{stranger.url}/control/sms", json={"user": "an", "text": f"MCKH {LOCAL}"}, timeout=10
    )
    stranger.close()
    product.close()
    assert "refused with HTTP 403" in answer.json()["error"]
