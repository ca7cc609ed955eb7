"""The description of the national format holds what its door does."""

from typing import Any

import pytest

from bot.core.national_form import REQUIRED
from tests.webhooks.national_feeding import (
    NATIONAL,
    PROGRESS,
    SYNC,
    Exchange,
    make_national,
    make_progress,
)
from tests.webhooks.test_openapi import described, fits
from webhooks.openapi_national import DOSSIER_FIELDS, NATIONAL_EXAMPLES

JSON = "application/json"


def body_schema(document: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = document["paths"][NATIONAL]["post"]["requestBody"]["content"][JSON][
        "schema"
    ]
    return schema


def test_the_examples_are_taken_as_they_stand(exchange: Exchange) -> None:
    document = described(exchange.feeder)
    for body in NATIONAL_EXAMPLES.values():
        assert fits(document, body_schema(document), body)
        code, message = exchange.told(body["service"], *body["data"], madonvi=body["madonvi"])
        assert code == "00", message
    assert exchange.stored("step") == "Thẩm định hồ sơ"


@pytest.mark.parametrize("status", [200, 400, 401, 413, 415, 503])
def test_real_answers_fit_their_description(exchange: Exchange, status: int) -> None:
    document = described(exchange.feeder)
    door = exchange.feeder.at(NATIONAL)
    if status == 503:
        with exchange.feeder.runtime.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE dossier RENAME TO gone")
    answers = {
        200: lambda: exchange.call(SYNC, make_national(), make_national(2, MaTTHC=...)),
        400: lambda: exchange.call(SYNC, 3, service="x"),
        401: lambda: door.post(b"{}", X_Feed_Key="fk-unknown"),
        413: lambda: exchange.call(SYNC, *[{}] * 5001),
        415: lambda: door.post(b"{}", "text/plain"),
        503: lambda: exchange.call(SYNC, make_national()),
    }
    answer = answers[status]()
    assert answer.status_code == status
    responses = document["paths"][NATIONAL]["post"]["responses"]
    schema = responses[str(status)]["content"][JSON]["schema"]
    assert fits(document, schema, answer.get_json())


@pytest.mark.parametrize(
    ("service", "record", "good"),
    [
        (SYNC, make_national(), True),
        (SYNC, make_national(TrangThaiHoSo=2, NgayTiepNhan=20261122080500, x=[1]), True),
        (SYNC, make_national(DanhSachHoSoBoSung=[{"NoiDungBoSung": "x"}]), True),
        (SYNC, make_national(ChuHoSo=None), True),
        (SYNC, make_national(MaTTHC=...), False),
        (SYNC, make_national(SoDienThoai=["x"]), False),
        (PROGRESS, make_progress(), True),
        (PROGRESS, make_progress(TrangThai=4, NguoiXuLy=None), True),
        (PROGRESS, make_progress(MaHoSo=...), False),
    ],
)
def test_the_description_and_the_door_agree_on_a_record(
    exchange: Exchange, service: str, record: dict[str, Any], good: bool
) -> None:
    document = described(exchange.feeder)
    exchange.sync(make_national())
    body = {"madonvi": "H32", "service": service, "isUpdating": "True", "data": [record]}
    assert fits(document, body_schema(document), body) is good
    assert (exchange.told(service, record)[0] == "00") is good


def test_every_required_field_is_described() -> None:
    assert set(REQUIRED) <= DOSSIER_FIELDS.keys()
