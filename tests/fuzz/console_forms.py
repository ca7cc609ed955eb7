"""The console described as OpenAPI: addresses from the route map, fields from its own forms."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from console.door import mark_of
from tests.console.desk import Client

MOST_PLACES = 3  # of one rule that are looked at
LEAVES = ("/console/logout", "/console/login")
MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
_PART = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
# What a stranger to the form would type into any field.
TYPED = (
    "", " ", "0905123456", "25/11/2026", "H56.14", "-1", "=1+1", "<b>ơ</b>", "9" * 30, "a\nb",
    "9" * 5_000, "ạ" * 3_000, "{code}", "0", "2026-02-30", "\u200b", "https://example.vn/?a=[",
)  # fmt: skip


@dataclass(slots=True)
class Form:
    """A form of a page. Shape: `fields` are names with the values that the page offers."""

    method: str
    action: str
    multipart: bool = False
    fields: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(slots=True)
class Seen:
    """What a walk over the pages has found, by rule."""

    places: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    forms: dict[tuple[str, str], Form] = field(default_factory=dict)


class _Page(HTMLParser):
    """Forms and links of one page."""

    def __init__(self, text: str, address: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: set[str] = set()
        self._address = address
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what leads on, and what can be filled in."""
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in told:
            self.links.add(told["href"])
        if tag == "form":
            action = told.get("action") or self._address
            self.forms.append(Form(told.get("method", "get").upper(), action))
            self.forms[-1].multipart = told.get("enctype", "") == MULTIPART
        if tag in ("input", "textarea", "select", "button") and told.get("name") and self.forms:
            self.forms[-1].fields[told["name"]].add(told.get("value", ""))
            self._select = told["name"] if tag == "select" else self._select
        if tag == "option" and self._select and self.forms:
            self.forms[-1].fields[self._select].add(told.get("value", ""))


def walked(app: Flask, client: Client, start: str = "/console/") -> Seen:
    """Follow the console's own links and remember its forms, a few pages of each kind."""
    seen, waiting = Seen(), deque([start, *_without_parts(app)])
    while waiting:
        place = waiting.popleft()
        rule, values = matched(app, place, "GET")
        known = seen.places.setdefault(rule, {}) if rule else {}
        address = urlsplit(place).path
        if not rule or address in known or len(known) >= MOST_PLACES or rule in LEAVES:
            continue
        known[address] = values
        answer = client.get(place)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = _Page(answer.text, address)
        waiting.extend(link for link in sorted(page.links) if link.startswith("/console"))
        for form in page.forms:
            _remember(app, seen, form)
    return seen


def _remember(app: Flask, seen: Seen, form: Form) -> None:
    rule, values = matched(app, form.action, form.method)
    if not rule:
        return
    seen.places.setdefault(rule, {})[urlsplit(form.action).path] = values
    known = seen.forms.setdefault((rule, form.method), form)
    for name, offered in form.fields.items():
        known.fields[name] |= offered


def matched(app: Flask, place: str, method: str) -> tuple[str, Mapping[str, Any]]:
    """The rule that an address belongs to, and what stands in it; "" for none."""
    try:
        rule, values = app.url_map.bind("localhost").match(
            urlsplit(place).path, method=method, return_rule=True
        )
    except HTTPException:
        return "", {}
    return rule.rule, values


def described(app: Flask, seen: Seen) -> dict[str, Any]:
    """All of the console's addresses as an OpenAPI document, each with its fields."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for rule, method in operations(app):
        form = seen.forms.get((rule.rule, method))
        operation: dict[str, Any] = {
            "operationId": f"{method} {rule.rule}",
            "parameters": list(_parts(rule, seen)),
            "responses": {"default": {"description": "a page"}},
        }
        if method == "GET":
            operation["parameters"] += [
                {"in": "query", "name": name, "schema": _values(offered)}
                for name, offered in (form.fields.items() if form else ())
            ]
        else:
            operation["requestBody"] = _body(form)
        paths[_PART.sub(r"{\1}", rule.rule)][method.lower()] = operation
    info = {"title": "console", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": dict(paths)}


def operations(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every address of the console that asks for a log-in and keeps it."""
    for rule in app.url_map.iter_rules():
        mark = mark_of(app, rule.endpoint)
        if (
            rule.rule.startswith("/console")
            and mark
            and not mark.public
            and rule.rule not in LEAVES
        ):
            yield from ((rule, one) for one in sorted((rule.methods or set()) & {"GET", "POST"}))


def _without_parts(app: Flask) -> list[str]:
    return [
        rule.rule for rule, method in operations(app) if method == "GET" and "<" not in rule.rule
    ]


def _parts(rule: Rule, seen: Seen) -> Iterator[dict[str, Any]]:
    for name in sorted(rule.arguments):
        known = {values[name] for values in seen.places.get(rule.rule, {}).values()}
        kind = type(rule._converters[name]).__name__
        other: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 20}
        if kind == "RowNumber":
            other = {"type": "integer", "minimum": 0, "maximum": 2**70}
        schema = {"anyOf": [{"enum": sorted(known, key=str)}, other]} if known else other
        yield {"in": "path", "name": name, "required": True, "schema": schema}


def _values(offered: set[str]) -> dict[str, Any]:
    return {"anyOf": [{"enum": sorted(offered | {*TYPED})}, {"type": "string", "maxLength": 80}]}


def _body(form: Form | None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
    if form is not None:
        fields = {name: _values(offered) for name, offered in form.fields.items()
                  if name != "csrf_token"}  # fmt: skip
        schema = {"type": "object", "properties": fields, "additionalProperties": False}
    return {"content": {URLENCODED: {"schema": schema}}}
