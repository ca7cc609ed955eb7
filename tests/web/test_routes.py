"""The route map, walked: what a stranger may open, and what refuses the unsigned."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from console.door import Mark, mark_of
from tests.make import make_runtime
from wsgi import PUBLIC, SECURITY_HEADERS, create_app


@pytest.fixture
def web(sqlite_url: str) -> FlaskClient:
    return create_app(make_runtime(sqlite_url)).test_client()


def test_every_route_is_listed_as_public_or_stands_behind_the_consoles_door(
    web: FlaskClient,
) -> None:
    app = web.application
    closed = {rule.rule for rule in app.url_map.iter_rules() if not mark_of_rule(app, rule).public}
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    assert routes - closed == set(PUBLIC)
    assert all(path.startswith("/console/") for path in closed)


def mark_of_rule(app: Flask, rule: Rule) -> Mark:
    """Whom a route lets in; everybody outside of the console."""
    return mark_of(app, rule.endpoint) or Mark(public=not rule.rule.startswith("/console"))


@pytest.mark.parametrize("path", sorted(path for path in PUBLIC if path.startswith("/feeds/")))
def test_a_feed_refuses_the_unsigned(web: FlaskClient, path: str) -> None:
    answer = web.post(path, json={"dossiers": []})
    assert answer.status_code == 401


def test_the_webhook_refuses_the_unsigned(web: FlaskClient) -> None:
    assert web.post("/webhooks/zalo", json={"event_name": "follow"}).status_code == 401


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("10.0.0.7", 403), ("not an address", 403)]
)
def test_metrics_are_for_named_readers(web: FlaskClient, address: str, status: int) -> None:
    answer = web.get("/metrics", environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == status


@pytest.mark.parametrize("forwarded", ["127.0.0.1", "8.8.8.8, 127.0.0.1"])
def test_a_strangers_word_about_its_address_is_not_believed(
    web: FlaskClient, forwarded: str
) -> None:
    answer = web.get(
        "/metrics",
        headers={"X-Forwarded-For": forwarded},
        environ_overrides={"REMOTE_ADDR": "10.0.0.7"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [("8.8.8.8", 403), ("127.0.0.1, 8.8.8.8", 403), ("127.0.0.1", 200), ("", 403)],
    ids=["a stranger", "a stranger who lies", "a reader", "nothing forwarded"],
)
def test_a_trusted_proxys_word_is_believed(sqlite_url: str, forwarded: str, status: int) -> None:
    web = create_app(make_runtime(sqlite_url, trusted_proxies=("10.0.0.7",))).test_client()
    answer = web.get(
        "/metrics",
        headers={"X-Forwarded-For": forwarded},
        environ_overrides={"REMOTE_ADDR": "10.0.0.7"},
    )
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/", "/nothing", "/webhooks/zalo/", "/healthz", "/readyz"])
def test_every_page_carries_the_security_headers(web: FlaskClient, path: str) -> None:
    headers = web.get(path).headers
    assert set(SECURITY_HEADERS) <= set(headers.keys())


def test_a_person_on_a_wrong_address_is_told_so_in_vietnamese(web: FlaskClient) -> None:
    answer = web.get("/nothing")
    assert (answer.status_code, answer.text) == (404, "Không tìm thấy trang này.")
