"""Our SMS gateways and their reports against the gateways of the rehearsal, over HTTP."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Wire
from bot.channels.sms_gateway import OutgoingSms, SmsGateway
from bot.channels.sms_gateways import build_gateway
from bot.channels.sms_receipts import RECEIPT_FORMS
from bot.core.phone import Phone
from bot.core.receipt import DeliveryReceipt, Reported
from bot.metrics import own_metrics
from sandbox.settings import SAMPLES
from tests.make import NOW, make_settings
from tests.sandbox.gateway_calls import GATEWAYS, texts_on
from tests.sandbox.rehearsal import Arrived, Product, Rehearsal

TEXT = "TB: Ho so cua quy ong/ba (MS: 0101701234) da duoc giai quyet xong"
ACCENTED = "TB: Hồ sơ của quý ông/bà (MS: 0101701234) đã được giải quyết xong"
AN, NOBODY = Phone("+84905000001"), Phone("+84905999999")
REFUSALS = {
    "wrong_key": {Again.HALT},
    "no_money": {Again.HALT},
    "rate": {Again.PAUSE, Again.LATER},
    "http_500_after": {Again.UNSURE},
    "cut_after": {Again.UNSURE},
    "timeout_after": {Again.UNSURE},
}


@pytest.fixture
def product() -> Iterator[Product]:
    """A product that takes reports down."""
    made = Product()
    yield made
    made.close()


@pytest.fixture
def zalo(product: Product) -> Iterator[Rehearsal]:
    """A rehearsal with its gateways."""
    rehearsal = Rehearsal(product)
    yield rehearsal
    rehearsal.close()


def gateway(zalo: Rehearsal, name: str) -> SmsGateway:
    """Our side of one gateway, with the account that the rehearsal knows."""
    keys: dict[str, Any] = {key.lower(): value for key, value in SAMPLES.items() if "MO" not in key}
    urls = {f"{one}_url": f"{zalo.url}/sms/{one}" for one in GATEWAYS}
    settings = make_settings("sqlite://", **{**keys, **urls})
    return build_gateway(name, settings, own_metrics(), Wire((2.0, 1.0)))


def sms(**changes: Any) -> OutgoingSms:
    usual = {"request_id": "r-1", "phone": AN, "text": TEXT, "brandname": "MotcuaSMS"}
    return OutgoingSms(**{**usual, **changes})


def heard(name: str, arrived: Arrived) -> DeliveryReceipt:
    """What our reader makes of one report."""
    form = next(one for one in RECEIPT_FORMS if one.gateway == name)
    given = urlsplit(arrived.path).query.encode() if form.method == "GET" else arrived.raw
    (receipt,) = form.hear(given, NOW).receipts
    return receipt


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize(("text", "unicode"), [(TEXT, False), (ACCENTED, True)])
def test_an_sms_is_taken_stands_on_the_phone_and_is_reported(
    zalo: Rehearsal, product: Product, name: str, text: str, unicode: bool
) -> None:
    taken = gateway(zalo, name).send(sms(text=text, unicode=unicode))
    assert texts_on(zalo) == [text]
    zalo.control("clock", advance_seconds=3)
    receipt = heard(name, product.wait(1)[0])
    assert (receipt.state, taken.carrier_id in receipt.refs) == (Reported.DELIVERED, True)


@pytest.mark.parametrize("name", GATEWAYS)
def test_a_number_that_nobody_has_is_reported_failed(
    zalo: Rehearsal, product: Product, name: str
) -> None:
    gateway(zalo, name).send(sms(phone=NOBODY))
    zalo.control("clock", advance_seconds=3)
    assert heard(name, product.wait(1)[0]).state is Reported.FAILED


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize("fault", REFUSALS)
def test_what_a_fault_means_to_us(zalo: Rehearsal, name: str, fault: str) -> None:
    value = 3 if fault == "timeout_after" else None
    zalo.fault(f"sms_{name}_{fault}", value=value, count=1)
    with pytest.raises(SendFailed) as failed:
        gateway(zalo, name).send(sms())
    assert failed.value.again in REFUSALS[fault]


def test_a_repeat_at_esms_counts_as_taken_and_is_one_sms(zalo: Rehearsal) -> None:
    ours = gateway(zalo, "esms")
    codes = [ours.send(sms()).code for _ in range(2)]
    assert (codes, texts_on(zalo)) == (["100", "124"], [TEXT])
