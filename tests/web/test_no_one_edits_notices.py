"""Status notices come of the feed alone: no page, command or role writes, stops or edits one.

Whoever adds an address or a command adds it here too, with the reason why it does not: the
tests walk what really is there.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli.main import bot
from tests.make import make_runtime
from tests.rig.tree import python_files, syntax_of
from wsgi import PUBLIC, create_app

# Addresses that take something in; all are for machines and check a signature, a key or a secret.
TAKES = {
    "POST /webhooks/zalo": "Zalo tells what citizens said and which messages arrived",
    "POST /webhooks/sms/speedsms/receipt": "the gateway tells which messages arrived",
    "POST /webhooks/sms/vietguys/receipt": "the gateway tells which messages arrived",
    "POST /feeds/v1/dossiers": "one-stop software tells where dossiers stand, not what is sent",
    "POST /feeds/dvcqg": "the national exchange tells where dossiers stand, not what is sent",
}
# Addresses that only give something, and those where a carrier asks by GET.
GIVES = {
    "GET /webhooks/zalo": "Zalo's console looks whether the address answers",
    "GET /webhooks/sms/esms/inbound": "a citizen's question to the short code, answered at once",
    "GET /webhooks/sms/1pay/inbound": "a citizen's question to the short code, answered at once",
    "GET /webhooks/sms/cpurl/inbound": "a citizen's question to the short code, answered at once",
    "GET /webhooks/sms/esms/receipt": "the gateway tells which messages arrived",
    "GET /healthz": "alive",
    "GET /readyz": "ready",
    "GET /metrics": "counts",
    "GET /openapi.json": "the feeds, described",
    "GET /docs": "the feeds, described",
    "GET /docs/swagger-ui/<name>": "the feeds, described",
    "GET /docs/page/<name>": "the feeds, described",
}
COMMANDS = {
    "up": "starts the programs",
    "work": "sends what is owed as it is owed",
    "migrate": "changes the schema, no rows of notices",
    "doctor": "only looks",
    "sweep": "only rings",
    "agency add": "an agency's names",
    "agency set": "switches of a whole agency, before anything is owed",
    "agency list": "only looks",
    "feed-key add": "who may feed",
    "feed-key revoke": "who may feed no more",
    "zalo link": "the account's tokens",
    "zalo status": "only looks",
    "zalo refresh": "the account's tokens",
    "zalo check-signature": "only reckons",
    "message list": "only looks",
    "pull": "reads the national exchange, as the feed does",
    "apologise": "owes by rule what the 17:30 job owes: whom, when and the words are not typed",
    "keys rotate": "seals fields anew; none of a notice's words is sealed",
}
# What could write, stop or edit one: tables, statements and the verbs that owe and cancel.
WRITERS = (
    "bot.owe_notices",
    "bot.notice_record",
    "bot.notify",
    "bot.store.notices",
    "bot.store.notice_claims",
    "bot.store.notice_tables",
    "bot.store.apologies",
)


def addresses(url: str) -> Iterator[str]:
    """Every method and address of the web process."""
    for rule in create_app(make_runtime(url)).url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield f"{method} {rule.rule}"


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """Every command that does something, by its words, and the names of what it is given."""
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, (*path, name))
    else:
        yield " ".join(path), {given.name or "" for given in command.params}


def imported(path: Path) -> set[str]:
    """Every module that a file of ours imports, or imports from."""
    found: set[str] = set()
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_every_address_is_known_and_takes_no_notice(sqlite_url: str) -> None:
    assert set(addresses(sqlite_url)) == {*TAKES, *GIVES}
    assert {one.split()[1] for one in (*TAKES, *GIVES)} == PUBLIC
    assert all((*TAKES.values(), *GIVES.values()))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/notices", "/notices/1", "/messages/1", "/console/notices/1"])
def test_there_is_nothing_to_write_to(sqlite_url: str, method: str, path: str) -> None:
    web = create_app(make_runtime(sqlite_url)).test_client()
    assert web.open(path, method=method, json={"text": "Hồ sơ"}).status_code == 404


def test_every_command_is_known_and_none_writes_stops_or_edits_a_notice() -> None:
    assert {words for words, _ in commands(bot)} == set(COMMANDS)
    assert all(COMMANDS.values())


def test_no_command_is_told_a_text_a_notice_or_a_recipient() -> None:
    for words, given in commands(bot):
        names = given & {"text", "event", "notice", "notice_id", "recipient", "phone", "state"}
        assert not names, f"{words} takes {names}"


def test_apologies_alone_are_owed_by_a_command_and_it_says_neither_whom_nor_what() -> None:
    assert dict(commands(bot))["apologise"] == {"typed", "dry_run"}


def test_no_door_reaches_what_writes_notices() -> None:
    doors = python_files("webhooks", "console", "bot/cli", "wsgi.py")
    assert doors
    reached = {str(path): imported(path) & set(WRITERS) for path in doors}
    assert not {path: names for path, names in reached.items() if names}


def test_the_feeds_alone_make_changes_into_notices() -> None:
    owing = {
        str(path)
        for path in python_files("bot", "webhooks", "console", "wsgi.py")
        if "bot.owe_notices" in imported(path)
    }
    assert owing == {"bot/register.py"}
