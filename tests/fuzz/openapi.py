"""Feeds and console driven by schemathesis: every address, odd values, every role."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.test import TestResponse

from bot.core.staff import Role
from console.door import mark_of
from tests.console.counter import feed
from tests.console.desk import Client, Desk
from tests.fuzz.console_forms import described, matched, operations, walked
from tests.fuzz.quiet import quiet
from tests.fuzz.test_texts import LETTERS
from tests.make import make_runtime
from tests.rig.postgres_server import PostgresServer
from tests.webhooks.feeding import Feeder, make_feeder

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
EXAMPLES = 10  # of an operation, before the next has its turn
HOLDERS: tuple[tuple[Role, ...], ...] = (tuple(Role), *((role,) for role in Role))
Try = Callable[[Any], None]


def fuzz_addresses(seconds: float) -> tuple[int, list[str]]:
    """Drive feeds and console until the time is over; calls made, and what broke."""
    quiet()
    faults: dict[str, str] = {}
    calls = 0
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name, ExitStack() as stack:
        server = PostgresServer()
        stack.callback(server.close)
        feeds = Feeds(Path(name))
        console = Console(server.url(server.unused_name()), Path(name))
        turn = 0
        while time.monotonic() < until:
            turn += 1
            for operation, attempt in (*feeds.operations(), *console.operations()):
                if time.monotonic() < until:
                    calls += drive(operation, attempt, EXAMPLES, turn, faults)
    return calls, [f"{what}\n{why}" for what, why in faults.items()]


def drive(operation: Any, attempt: Try, examples: int, start: int, faults: dict[str, str]) -> int:
    """Try one operation so many times; what breaks is written down under its name."""
    tried = 0

    def one(case: Any) -> None:
        nonlocal tried
        tried += 1
        attempt(case)

    for mode in MODES if operation.schema.raw_schema["info"]["title"] != "console" else MODES[:1]:
        made = seed(start)(given(case=operation.as_strategy(generation_mode=mode))(one))
        run = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )(made)
        try:
            run()
        except Exception as fault:  # whatever it is, the next operation has its turn
            faults[operation.label] = f"{type(fault).__name__}: {fault}"[:2_000]
    return tried


@dataclass(slots=True)
class Feeds:
    """The feeds, called by one who holds a key."""

    folder: Path
    feeder: Feeder = field(init=False)

    def __post_init__(self) -> None:
        self.feeder = make_feeder(make_runtime(f"sqlite:///{self.folder / 'feeds.db'}"))

    def operations(self) -> Iterator[tuple[Any, Try]]:
        """Each address of /openapi.json."""
        document = self.feeder.client.get("/openapi.json").get_json()
        schema = schemathesis.openapi.from_dict(document)
        yield from _operations(schema, self.attempt)

    def attempt(self, case: Any) -> None:
        """Send what was made up, rightly signed; the answer fits the description."""
        answer = self.feeder.at(case.formatted_path).post(_json(case.body))
        case.validate_response(answer, checks=CHECKS)


@dataclass(slots=True)
class Console:
    """The console, with a browser for each role and one for all; forms carry their token."""

    url: str
    folder: Path
    desk: Desk = field(init=False)
    clients: dict[tuple[Role, ...], Client] = field(default_factory=dict)
    document: dict[str, Any] = field(init=False)
    _logins: int = 0
    _turn: int = 0

    def __post_init__(self) -> None:
        (self.folder / "var").mkdir()
        settings = {"var_dir": self.folder / "var", "sms_short_code": "8083"}
        self.desk = Desk(self.url, settings=settings)
        for number in range(3):
            feed(self.desk, f"H56.14-240823-000{number}")
        for roles in HOLDERS:
            self._enter(roles)
        self.document = described(self.desk.app, walked(self.desk.app, self.clients[HOLDERS[0]]))

    def operations(self) -> Iterator[tuple[Any, Try]]:
        """Each address of the console."""
        schema = schemathesis.openapi.from_dict(self.document)
        yield from _operations(schema, self.attempt)

    def attempt(self, case: Any) -> None:
        """Send what was made up, as each role in turn."""
        path = case.formatted_path
        rule, _ = matched(self.desk.app, path, case.method)
        for roles in (HOLDERS[0], HOLDERS[1 + self._turn % len(Role)]):
            answer = self._sent(case, path, roles)
            if answer.status_code == 401 or "/console/login" in answer.headers.get("Location", ""):
                self._enter(roles)  # another call ended the session, or closed the account
                answer = self._sent(case, path, roles)
            self._judge(answer, roles, rule)
        self._turn += 1

    def _sent(self, case: Any, path: str, roles: tuple[Role, ...]) -> TestResponse:
        client = self.clients[roles]
        query = dict(case.query or {})
        if case.method == "GET":
            return client.get(path, query_string=query)
        given = {} if isinstance(case.body, NotSet) else case.body
        form = {name: _typed(name, value) for name, value in given.items()}
        return client.post(path, form, query_string=query)

    def _judge(self, answer: TestResponse, roles: tuple[Role, ...], rule: str) -> None:
        status, text = answer.status_code, answer.get_data().decode("utf-8", "replace")
        assert status < 500, f"{status} as {'+'.join(roles)}: {text[:300]}"
        assert "Traceback (most recent" not in text
        if rule and status != 400 and not self._lets_in(rule, roles):
            assert status == 403, f"{status} as {'+'.join(roles)}, who may not"
        if status >= 400:
            words = json.dumps(answer.get_json(), ensure_ascii=False) if answer.is_json else text
            assert any(letter in words.lower() for letter in LETTERS), f"{status}: {text[:300]}"

    def _lets_in(self, rule: str, roles: tuple[Role, ...]) -> bool:
        marks = [
            mark
            for one, _ in operations(self.desk.app)
            if one.rule == rule and (mark := mark_of(self.desk.app, one.endpoint)) is not None
        ]
        return any(not mark.roles or not mark.roles.isdisjoint(roles) for mark in marks)

    def _enter(self, roles: tuple[Role, ...]) -> None:
        self._logins += 1
        login = f"nguoi.{self._logins}"
        self.clients[roles] = self.desk.login(*roles, agency=None, login=login)


def _operations(schema: Any, attempt: Try) -> Iterator[tuple[Any, Try]]:
    return ((found.ok(), attempt) for found in schema.get_all_operations())


def _json(body: Any) -> bytes:
    """A body on the wire; what was made up as bytes is sent as it is."""
    if isinstance(body, NotSet):
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _typed(name: str, value: Any) -> Any:
    """A field's value as a form sends it; a file where the field is for one."""
    if name in ("file", "photo", "picture", "attachment"):
        return BytesIO(str(value).encode()), "tep.csv"
    if isinstance(value, Mapping | list):
        return json.dumps(value)
    return str(value)
