"""Status notices come of the feed alone: no page, command or role writes, stops or edits one.

Whoever adds an address adds it to tests/web/addresses.py, and a command here, with the reason why
it does not: the tests walk what really is there.
"""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest

from bot.cli.main import bot
from bot.core.notice import Facts, NoticeEvent
from bot.core.staff import Role
from bot.core.template_form import TEMPLATE_FIELDS
from bot.notice_text import STATUSES, TEXTS, sms_text, template_data, zalo_text
from bot.present_texts import look_anew
from bot.texts.catalogue import Catalogue, Text, load_catalogue
from bot.texts.changed import digest
from bot.texts.uses import load_uses
from tests.console.desk import Desk
from tests.make import make_runtime
from tests.rig.tree import python_files, syntax_of
from tests.web.addresses import GIVES, TAKES
from wsgi import PUBLIC, create_app

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
    "procedure import": "what desks take in, before anything is owed",
    "procedure list": "only looks",
    "names fill": "by which names clerks find dossiers",
    "feed-key list": "only looks",
    "status": "only looks",
    "promptness": "reckons a day's figure anew from what happened",
    "feed-key revoke": "who may feed no more",
    "zalo link": "the account's tokens",
    "zalo status": "only looks",
    "zalo refresh": "the account's tokens",
    "zalo check-signature": "only reckons",
    "message list": "only looks",
    "calendar show": "only looks",
    "calendar import": "a year's days off, before anything is owed",
    "audit verify": "only looks",
    "audit purge": "drops what staff did more than a year ago",
    "audit pack": "copies what an auditor asks for into a file",
    "audit head": "links what staff did into its chain",
    "staff reset-second-factor": "takes an account's second factor away",
    "staff add": "who may log in to the console",
    "staff list": "only looks",
    "staff sign-on": "by which way an account logs in",
    "staff set": "what an account may do; no role writes a notice",
    "pull": "reads the national exchange, as the feed does",
    "post orders": "a day's orders to the postal service; owes nothing",
    "post items": "owes by rule what the post's own file says of parcels; no words are typed",
    "post block": "item codes of the postal service",
    "months": "makes and drops whole months of tables by rule, when all in them is closed",
    "reconcile": "only looks",
    "apologise": "owes by rule what the 17:30 job owes: whom, when and the words are not typed",
    "subject show": "only looks",
    "subject export": "only looks",
    "subject forget": "wipes persons out of rows; no notice begins, stops or reads otherwise by it",
    "purge": "wipes persons out of closed notices by rule, and deletes none",
    "breach-pack": "only looks",
    "backup": "only copies",
    "restore": "fills an empty database with what a backup held",
    "restored": "lets a restored house send again; what the lost one may have sent is closed by "
    "rule, all of it, and none of it is chosen or written",
    "slip-key": "gives a printing machine the key that slips' links are signed with",
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
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, f"{name} is listed and not there"
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
    known = {one.split()[1] for one in (*TAKES, *GIVES)}
    assert {one for one in known if not one.startswith("/console/")} == {
        one for one in PUBLIC if not one.startswith("/console/")
    }
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


def test_no_role_changes_a_text_that_is_fixed(sqlite_url: str) -> None:
    """Every notice, the lookup sentence, and whatever else is bound: the page refuses each."""
    desk, uses = Desk(sqlite_url), load_uses()
    fixed = [key for key in desk.runtime.texts.texts if not uses.of(key).open]
    words = {key: desk.runtime.texts.texts[key].words for key in fixed}
    assert {*TEXTS.values(), *STATUSES.values(), "status.found"} <= set(fixed)
    for role in Role:
        client = desk.login(role, agency=None)
        for key in fixed if role is Role.ADMINISTRATOR else ("notice.result", "status.found"):
            place = f"/console/cau-chu/{key}"
            typed = {"words": f"{words[key]}!", "why": "Thử đổi câu này", "version": "0"}
            seen = digest(typed["words"])
            for path in (place, f"{place}/ban-goc"):
                answer = client.post(path, {**typed, "seen": seen, "step": "luu"})
                assert answer.status_code == (409 if role is Role.ADMINISTRATOR else 403), path
    look_anew(desk.runtime)
    assert {key: desk.runtime.texts.texts[key].words for key in fixed} == words


def test_no_notice_is_made_of_words_that_may_be_changed() -> None:
    """Whatever a notice's way is: all that its words are rendered from is fixed."""
    asked: set[str] = set()

    class Watched(dict[str, Text]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return super().get(key, default)

    texts = Catalogue(Watched(load_catalogue().texts))
    params = {name: f"{{{name}}}" for name in TEMPLATE_FIELDS}
    for event in NoticeEvent:
        for day, late in ((None, False), (date(2026, 12, 4), True)):
            facts = Facts(
                event,
                code="H56.14-240823-0001",
                shown_code="H56.14-240823-0001",
                agency_name="UBND phường Lộc Thọ",
                step="Thẩm định",
                promised_on=day,
                late=late,
                otp="048213",
            )
            zalo_text(texts, facts)
            sms_text(texts, facts, unicode=False)
            template_data(params, texts, facts)
    assert set(TEXTS.values()) <= asked
    assert not {key for key in asked if load_uses().of(key).open}
