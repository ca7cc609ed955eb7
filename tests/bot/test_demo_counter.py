"""The demo's counter: anybody who starts it can log in, and a second start leaves it as it is."""

from pathlib import Path

from dotenv import dotenv_values

from bot.agencies import list_agencies, set_agency
from bot.demo import seed_agencies
from bot.demo_counter import ACCOUNTS, DESK, PASSWORD, seed_counter
from bot.procedures import list_procedures
from tests.console.desk import Client
from tests.make import make_runtime
from wsgi import create_app


def test_its_accounts_log_in_with_the_password_that_is_printed(tmp_path: Path) -> None:
    runtime = make_runtime(f"sqlite:///{tmp_path / 'bot.db'}", var_dir=tmp_path)
    seed_agencies(runtime, {})
    password = seed_counter(runtime, {})[PASSWORD]
    for account in ACCOUNTS:
        client = Client(create_app(runtime).test_client())
        assert client.enter(account.login, password).status_code == 303
        assert client.get("/console/").status_code == 200
    assert dotenv_values(tmp_path / "env")[PASSWORD] == password
    assert len(list_procedures(runtime)) > 5


def test_a_second_start_keeps_password_and_what_was_changed(tmp_path: Path) -> None:
    runtime = make_runtime(f"sqlite:///{tmp_path / 'bot.db'}", var_dir=tmp_path)
    seed_agencies(runtime, {})
    first = seed_counter(runtime, {})
    set_agency(runtime, DESK, hotline="0258 3 111 111")
    assert seed_counter(runtime, first) == first
    [desk] = [one for one in list_agencies(runtime) if one.code == DESK]
    assert desk.hotline == "0258 3 111 111"


def test_a_password_that_was_lost_is_made_anew(tmp_path: Path) -> None:
    runtime = make_runtime(f"sqlite:///{tmp_path / 'bot.db'}", var_dir=tmp_path)
    seed_agencies(runtime, {})
    first, second = seed_counter(runtime, {}), seed_counter(runtime, {})
    assert first != second
    client = Client(create_app(runtime).test_client())
    assert client.enter(ACCOUNTS[0].login, second[PASSWORD]).status_code == 303
