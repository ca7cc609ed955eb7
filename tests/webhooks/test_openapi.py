"""The description of the feed holds what the feed does."""

from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from tests.make import make_record
from tests.webhooks.feeding import Feeder
from webhooks.feed_form import EXPECTED
from webhooks.openapi import ANSWERS, EXAMPLE, description

PATH = "/feeds/v1/dossiers"


def described(feeder: Feeder) -> dict[str, Any]:
    answer = feeder.client.get("/openapi.json")
    assert answer.content_type == "application/json"
    said: dict[str, Any] = answer.get_json()
    return said


def fits(document: dict[str, Any], schema: dict[str, Any], value: Any) -> bool:
    whole = {**schema, "components": document["components"]}
    return bool(Draft202012Validator(whole).is_valid(value))


def answer_schema(document: dict[str, Any], status: int) -> dict[str, Any]:
    schema: dict[str, Any] = document["paths"][PATH]["post"]["responses"][str(status)]["content"][
        "application/json"
    ]["schema"]
    return schema


def body_schema(document: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = document["paths"][PATH]["post"]["requestBody"]["content"][
        "application/json"
    ]["schema"]
    return schema


def test_every_schema_is_sound_and_every_reference_leads_somewhere(feeder: Feeder) -> None:
    document = described(feeder)
    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    referred = str(document).split("#/components/schemas/")[1:]
    assert {part.split("'")[0] for part in referred} <= schemas.keys()


def test_the_three_headers_are_described(feeder: Feeder) -> None:
    document = described(feeder)
    schemes = document["components"]["securitySchemes"]
    assert {scheme["name"] for scheme in schemes.values()} == {
        "X-Feed-Key",
        "X-Feed-Timestamp",
        "X-Feed-Signature",
    }
    [together] = document["paths"][PATH]["post"]["security"]
    assert together.keys() == schemes.keys(), "all of them at once"


def test_only_routes_that_exist_are_described(feeder: Feeder) -> None:
    app: Flask = feeder.client.application
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    assert described(feeder)["paths"].keys() <= routes


@pytest.mark.parametrize("status", [200, 400, 401, 413, 415, 503])
def test_real_answers_fit_their_description(feeder: Feeder, status: int) -> None:
    document = described(feeder)
    if status == 503:
        with feeder.runtime.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE dossier RENAME TO gone")
    answers = {
        200: lambda: feeder.send(make_record(), make_record(2, agency="H44", x=1), make_record()),
        400: lambda: feeder.send(make_record(status=0), 3, {}),
        401: lambda: feeder.post(b"{}", X_Feed_Key="fk-unknown"),
        413: lambda: feeder.send(*[0] * 5001),
        415: lambda: feeder.post(b"{}", "text/plain"),
        503: lambda: feeder.send(make_record()),
    }
    answer = answers[status]()
    assert answer.status_code == status
    assert fits(document, answer_schema(document, status), answer.get_json())
    others = [other for other in ANSWERS if int(other) != status]
    assert not any(
        fits(document, answer_schema(document, int(other)), answer.get_json()) for other in others
    )


def test_the_example_is_taken_as_it_stands(feeder: Feeder) -> None:
    assert feeder.outcomes(*EXAMPLE["dossiers"]) == ["new"]
    document = described(feeder)
    assert fits(document, body_schema(document), EXAMPLE)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"local_code": None},
        {"x": {"y": 1}},
        {"needed": ["a"] * 20},
        {"notify": {"sms": None}},
        {"at_desk": None},
        {"procedure": {"code": "", "name": ""}},
        {"step": ...},
        {"step": " "},
        {"step": "s" * 201},
        {"status": 0},
        {"status": "4"},
        {"status": True},
        {"status": None},
        {"changed_at": None},
        {"due_at": 5},
        {"phone": 905},
        {"needed": ["a"] * 21},
        {"needed": ["a" * 501]},
        {"notify": {"sms": "yes"}},
        {"notify": []},
        {"procedure": {"code": "1"}},
        {"procedure": {"code": "1" * 65, "name": "n"}},
        {"agency": ["H32.15"]},
    ],
    ids=repr,
)
def test_the_description_and_the_door_agree_on_a_body(
    feeder: Feeder, change: dict[str, Any]
) -> None:
    document, record = described(feeder), make_record(**change)
    taken = feeder.send(record).status_code == 200
    assert fits(document, body_schema(document), {"dossiers": [record]}) is taken


def test_every_expectation_is_of_a_described_field() -> None:
    schemas = description()["components"]["schemas"]
    known = set(schemas["DossierForm"]["properties"])
    known |= {f"procedure.{name}" for name in schemas["ProcedureForm"]["properties"]}
    known |= {f"notify.{name}" for name in schemas["NotifyForm"]["properties"]}
    known |= {f"documents.{name}" for name in schemas["DocumentForm"]["properties"]}
    assert known >= EXPECTED.keys()
