"""The feeds described for machines at `/openapi.json` and tryable for people at `/docs`."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from apispec import APISpec
from flask import Blueprint, Response, abort, render_template, send_file
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from bot.core.snapshot import Outcome
from bot.runtime import Runtime
from webhooks.feed_body import MOST_BYTES, MOST_DOSSIERS
from webhooks.feed_form import DossierForm
from webhooks.feed_national import NATIONAL_PATH
from webhooks.feed_signature import KEY, MOST_SECONDS_OFF, SIGNATURE, TIMESTAMP
from webhooks.openapi_national import BODIES, NATIONAL_EXAMPLES, NationalAnswer

JSON = "application/json"
SCHEMAS = "#/components/schemas/{model}"
ASSETS = Path(__file__).with_name("static") / "docs"
# Nothing is fetched from elsewhere and nothing inline runs, so the typed secret cannot leave.
# Swagger UI draws its arrows from data: addresses.
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
SWAGGER_FILES = {
    "swagger-ui.css": "css/swagger-ui.css",
    "swagger-ui-bundle.js": "js/swagger-ui-bundle.js",
}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FeedBody(BaseModel):
    """What is sent: dossiers, each whole, in the order in which they shall be treated."""

    dossiers: list[DossierForm] = Field(max_length=MOST_DOSSIERS)


class DossierResult(_Answer):
    """What became of one dossier."""

    code: str = Field(description="canonical; in a refused result as it came")
    outcome: Outcome
    why: str = Field("", description="only when refused: what to do")
    warnings: list[str] = Field(
        description="phone.missing, phone.invalid, phone.landline, phone.doubtful, "
        "phone.undeliverable, agency.ended:<code>, field.unknown:<name>"
    )


class FeedResults(_Answer):
    """One result for each dossier, in order."""

    results: list[DossierResult]


class FormFault(_Answer):
    """One fault of form; a fault of the whole body has no index."""

    index: int = Field(0, ge=0, lt=MOST_DOSSIERS, description="place in `dossiers`, from 0")
    field: str = Field("", description="dotted, such as procedure.same_day")
    message: str


class FormRefused(_Answer):
    """Nothing was stored: all faults, up to 20."""

    error: Literal["form"]
    message: str
    errors: list[FormFault] = Field(min_length=1, max_length=20)


class SenderRefused(_Answer):
    """The sender could not be told."""

    error: Literal["signature", "key", "clock"]
    message: str


class SizeRefused(_Answer):
    """Too much at a time."""

    error: Literal["size"]
    message: str


class TypeRefused(_Answer):
    """Another type than JSON in UTF-8, plain or gzip."""

    error: Literal["type"]
    message: str


class NotStored(_Answer):
    """The database could not take everything just now: send the same again."""

    error: Literal["storage"]
    message: str


ANSWERS: dict[str, tuple[str, type[BaseModel]]] = {
    "200": ("Taken: one result for each dossier, in order", FeedResults),
    "400": ("The form is wrong, or gzip cannot be unpacked; nothing is stored", FormRefused),
    "401": ("The sender could not be told", SenderRefused),
    "413": (
        f"Over {MOST_BYTES} bytes packed or unpacked, or {MOST_DOSSIERS} dossiers",
        SizeRefused,
    ),
    "415": ("Not application/json in UTF-8", TypeRefused),
    "503": ("Could not be stored just now; send the same again", NotStored),
}

DESCRIPTION = f"""
One-stop software tells where its dossiers stand. Every dossier is sent whole, as it stands at
`changed_at`; sending it again does no harm.

Each call is signed. With the key's secret as UTF-8 text and the bytes of the body exactly as they
go over the wire (compressed if gzip):

    {SIGNATURE}: sha256=<hex of HMAC-SHA256(secret, "<{TIMESTAMP}>." + body)>

`{TIMESTAMP}` is in unix seconds and may be {MOST_SECONDS_OFF} seconds off at most. A body may be
sent with `Content-Encoding: gzip`.
"""

EXAMPLE = {
    "dossiers": [
        {
            "code": "000.00.17.H32-261122-0001",
            "local_code": "0101701234",
            "agency": "H32.15",
            "procedure": {"code": "1.004873", "name": "Đăng ký biến động đất đai"},
            "step": "Thẩm định hồ sơ",
            "status": 4,
            "changed_at": "2026-11-22T09:30:00+07:00",
            "received_at": "2026-11-20T08:05:00+07:00",
            "due_at": "2026-12-04T17:00:00+07:00",
            "phone": "0905 123 456",
            "notify": {"zalo": True, "sms": True, "post": False},
            "documents": [
                {
                    "ref": "KQ-2026-000123",
                    "kind": "result",
                    "name": "Giấy chứng nhận quyền sử dụng đất",
                    "type_code": "KQ.G15.000031",
                    "owner_identifier": "056190001234",
                    "summary": "Cấp lần đầu cho hộ gia đình",
                    "symbol": "125/QĐ-UBND",
                    "issued_on": "2026-11-22",
                    "issuer": "UBND xã An Phú",
                    "valid_forever": True,
                    "digitised": True,
                }
            ],
        }
    ]
}


SECURITY: list[dict[str, list[str]]] = [{"FeedKey": [], "FeedTimestamp": [], "FeedSignature": []}]


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document."""
    spec = APISpec(
        title="Feed of dossiers",
        version="1.0.0",
        openapi_version="3.1.0",
        info={"description": DESCRIPTION},
    )
    models: list[type[BaseModel]] = [FeedBody, *BODIES, NationalAnswer]
    models += [model for _, model in ANSWERS.values()]
    _, schemas = models_json_schema(
        [(model, "validation") for model in models], ref_template=SCHEMAS
    )
    for name, schema in schemas["$defs"].items():
        spec.components.schema(name, schema)
    for name, header, about in (
        ("FeedKey", KEY, "the key's id"),
        ("FeedTimestamp", TIMESTAMP, "unix seconds"),
        ("FeedSignature", SIGNATURE, "sha256= and the hex HMAC-SHA256 of timestamp, '.', body"),
    ):
        scheme = {"type": "apiKey", "in": "header", "name": header, "description": about}
        spec.components.security_scheme(name, scheme)
    spec.path(path="/feeds/v1/dossiers", operations={"post": _operation()})
    spec.path(path=NATIONAL_PATH, operations={"post": _national_operation()})
    return spec.to_dict()


def _operation() -> dict[str, Any]:
    return {
        "operationId": "sendDossiers",
        "tags": ["Dossiers"],
        "summary": "Tell where dossiers stand",
        "security": SECURITY,
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _ref(FeedBody), "example": EXAMPLE}},
        },
        "responses": _responses(ANSWERS),
    }


def _national_operation() -> dict[str, Any]:
    examples = {name: {"value": body} for name, body in NATIONAL_EXAMPLES.items()}
    taken = ("Taken; the answer names what was refused, the rest is stored", NationalAnswer)
    return {
        "operationId": "sendNational",
        "tags": ["Dossiers"],
        "summary": "Tell where dossiers stand, in the format of the national exchange",
        "security": SECURITY,
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": {"oneOf": [_ref(body) for body in BODIES]}, "examples": examples}
            },
        },
        "responses": _responses({**ANSWERS, "200": taken}),
    }


def _responses(answers: Mapping[str, tuple[str, type[BaseModel]]]) -> dict[str, Any]:
    return {
        status: {"description": about, "content": {JSON: {"schema": _ref(model)}}}
        for status, (about, model) in answers.items()
    }


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": SCHEMAS.format(model=model.__name__)}


def _swagger_folder() -> Path:
    """Where the wheel of Swagger UI keeps its files; its Python code is not needed."""
    spec = find_spec("flask_openapi3_swagger")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("flask-openapi3-swagger is not installed: pip install -r …")
    return Path(spec.origin).parent / "templates" / "swagger"


def add_pages(routes: Blueprint, runtime: Runtime) -> None:
    """Add the description, the page, and what the page is made of."""
    folder = _swagger_folder()

    @routes.get("/openapi.json")
    def openapi() -> Response:
        # In the order of the form, which jsonify would sort away.
        return Response(json.dumps(description(), ensure_ascii=False), mimetype=JSON)

    @routes.get("/docs")
    def docs() -> Response:
        page = Response(render_template("feed_docs.html", now=int(runtime.now().timestamp())))
        page.headers["Content-Security-Policy"] = POLICY
        page.headers["Cache-Control"] = "no-store"  # it carries the time
        return page

    @routes.get("/docs/swagger-ui/<name>")
    def swagger_ui(name: str) -> Response:
        if name not in SWAGGER_FILES:
            abort(404)
        return send_file(folder / SWAGGER_FILES[name], max_age=3600)

    @routes.get("/docs/page/<name>")
    def docs_asset(name: str) -> Response:
        if name not in ("docs.css", "docs.js"):
            abort(404)
        return send_file(ASSETS / name)
