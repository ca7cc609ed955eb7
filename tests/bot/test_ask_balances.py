"""What gateways say is left of our money, over real HTTP."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.ask_balances import ask_balances
from bot.channels.http import Wire
from bot.database import reading
from bot.runtime import Runtime
from bot.store.gateway_balances import Balance, balances
from bot.watch_channels import watch_channels
from tests.make import HandClock, make_runtime
from tests.rig.answering_server import AnsweringServer, Told

OPEN = "https://dichvucong.example.vn"  # citizens are reached here


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    server = AnsweringServer()
    yield server
    server.close()


def house(url: str, server: AnsweringServer, gateway: str, clock: HandClock) -> Runtime:
    return make_runtime(
        url,
        clock,
        sms_gateway=gateway,
        esms_url=f"{server.url}/MainService.svc/json/SendMultipleMessage_V4_post_json/",
        esms_api_key="key",
        esms_secret_key="secret",
        speedsms_url=f"{server.url}/index.php/sms/send",
        speedsms_token="token",
        public_url=OPEN,
    )


def kept(runtime: Runtime) -> dict[str, Balance]:
    with reading(runtime.engine) as connection:
        return balances(connection)


def test_esms_is_asked_beside_its_sending_address(
    database_url: str, server: AnsweringServer
) -> None:
    runtime = house(database_url, server, "esms", HandClock())
    server.told[0] = Told(json.dumps({"CodeResponse": "100", "Balance": 1234567.8}).encode())
    assert ask_balances(runtime, Wire((2.0, 2.0))) == {"esms": 1_234_567}
    [asked] = server.asked
    assert (asked.method, asked.path) == ("POST", "/MainService.svc/json/GetBalance_json/")
    assert json.loads(asked.body) == {"ApiKey": "key", "SecretKey": "secret"}
    assert kept(runtime)["esms"].dong == 1_234_567


@pytest.mark.parametrize(
    "answer", [{"balance": 300000.0, "currency": "VND"}, {"data": {"balance": "300000"}}]
)
def test_speedsms_is_asked_for_its_account(
    sqlite_url: str, server: AnsweringServer, answer: dict[str, object]
) -> None:
    runtime = house(sqlite_url, server, "speedsms", HandClock())
    server.told[0] = Told(json.dumps(answer).encode())
    assert ask_balances(runtime, Wire((2.0, 2.0))) == {"speedsms": 300_000}
    [asked] = server.asked
    assert (asked.method, asked.path) == ("GET", "/index.php/user/info")
    assert asked.headers["Authorization"] == "Basic " + b64encode(b"token:x").decode()
    low = [one for one in watch_channels(runtime).alarms if one.name == "MotcuaBalanceLow"]
    assert [one.about for one in low] == ["sms:speedsms"]


@pytest.mark.parametrize(
    "told",
    [
        Told(b'{"CodeResponse": "101"}'),
        Told(b'{"CodeResponse": "100", "Balance": null}'),
        Told(b"not found", status=404),
        Told(cut=True),
        Told(b"{}", status=503),
    ],
    ids=["refused", "without a number", "no such call", "cut", "broken"],
)
def test_what_is_not_told_stays_as_it_was_with_its_age(
    sqlite_url: str, server: AnsweringServer, told: Told
) -> None:
    clock = HandClock()
    runtime = house(sqlite_url, server, "esms", clock)
    server.told[0] = Told(b'{"CodeResponse": "100", "Balance": 900000}')
    ask_balances(runtime, Wire((2.0, 2.0)))
    first = clock()
    clock.move(minutes=15)
    server.told[0] = told
    assert ask_balances(runtime, Wire((2.0, 2.0))) == {}
    one = kept(runtime)["esms"]
    assert (one.dong, one.told_at, one.asked_at) == (900_000, first, clock())
    assert one.fault


def test_vietguys_is_never_asked(sqlite_url: str, server: AnsweringServer) -> None:
    runtime = make_runtime(
        sqlite_url,
        sms_gateway="vietguys",
        vietguys_url=server.url,
        vietguys_user="u",
        vietguys_password="p",
    )
    assert ask_balances(runtime) == {}
    assert server.asked == []
    assert [one.asked for one in watch_channels(runtime).money] == [False]


def test_a_gateway_at_an_address_of_its_own_is_sent_nothing_but_messages(
    sqlite_url: str, server: AnsweringServer
) -> None:
    runtime = make_runtime(
        sqlite_url,
        sms_gateway="esms",
        sms_gateway_reserve="speedsms",
        esms_url=f"{server.url}/sms/esms",
        esms_api_key="key",
        esms_secret_key="secret",
        speedsms_url=f"{server.url}/sms/speedsms",
        speedsms_token="token",
        public_url=OPEN,
    )
    assert ask_balances(runtime) == {}
    assert server.asked == []


def test_no_balance_is_asked_in_a_rehearsal(sqlite_url: str, server: AnsweringServer) -> None:
    runtime = house(sqlite_url, server, "esms", HandClock())
    rehearsing = replace(
        runtime, settings=runtime.settings.model_copy(update={"public_url": "http://127.0.0.1"})
    )
    assert ask_balances(rehearsing) == {}
    assert server.asked == []
