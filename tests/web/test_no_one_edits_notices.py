"""Status notices come of the feed alone: no page, command or role writes, stops or edits one.

Whoever adds an address or a command adds it here too, with the reason why it does not: the
tests walk what really is there.
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
from wsgi import PUBLIC, create_app

# Addresses that take something in. Machines' check a signature, a key or a secret; the console's
# are for logged-in staff, with a form's token.
TAKES = {
    "POST /webhooks/zalo": "Zalo tells what citizens said and which messages arrived",
    "POST /webhooks/sms/speedsms/receipt": "the gateway tells which messages arrived",
    "POST /webhooks/sms/vietguys/receipt": "the gateway tells which messages arrived",
    "POST /feeds/v1/dossiers": "one-stop software tells where dossiers stand, not what is sent",
    "POST /feeds/dvcqg": "the national exchange tells where dossiers stand, not what is sent",
    "POST /console/login": "opens a session",
    "POST /console/logout": "ends a session",
    "POST /console/mat-khau": "one's own password",
    "POST /console/ma-xac-thuc": "the code of one's own log-in",
    "POST /console/xac-thuc": "one's own second factor",
    "POST /console/xac-thuc/ma-du-phong": "one's own recovery codes",
    "POST /console/xac-thuc/bo": "one's own second factor",
    "POST /console/ra-soat-quyen/<login>": "confirms or closes an account",
    "POST /console/staff": "makes an account",
    "POST /console/anh": "photos of slips are read; nothing of them is kept",
    "POST /console/staff/<login>": "an account's roles, agency and name; closes and opens it",
    "POST /console/staff/<login>/password": "an account's password",
    "POST /console/staff/<login>/xac-thuc": "takes an account's second factor away",
    "POST /console/trao-doi/<number>/tra-loi": "an answer in a talk its citizen opened, "
    "marked as a clerk's; it is no notice and reaches nobody else",
    "POST /console/trao-doi/<number>/nhan": "who answers a talk",
    "POST /console/trao-doi/<number>/chuyen": "who answers a talk",
    "POST /console/trao-doi/<number>/ket-thuc": "ends a talk, with a goodbye marked as a clerk's",
    "POST /console/tim": "what is looked for; goes on to its address, sealed",
    "POST /console/tiep-nhan": "takes a dossier in, through the feed's own door",
    "POST /console/tiep-nhan/so-dien-thoai": "says what is wrong with a number; keeps nothing",
    "POST /console/ho-so/<code>/chuyen": "moves a dossier of this counter, through the feed's own "
    "door; steps are chosen, and what is typed goes on slips alone",
    "POST /console/so-dien-thoai/<code>": "the number that a dossier's notices go to",
    "POST /console/in-theo-ngay": "has a day's slips drawn",
    "POST /console/thu-tuc": "what a desk takes in, before anything is owed",
    "POST /console/lich/nhap": "a year's days off, before anything is owed",
    "POST /console/lich/ngay": "a day on which offices are closed or open",
    "POST /console/lich/ngay/bo": "takes such a day back",
    "POST /console/quay": "a desk's address, hours and telephone",
    "POST /console/co-quan": "adds an agency",
    "POST /console/co-quan/nhap-danh-sach": "adds and changes agencies from a file",
    "POST /console/co-quan/<code>": "an agency's facts, its days, and switches of all its notices",
    "POST /console/co-quan/<code>/ten": "what an agency is called from a day on",
    "POST /console/co-quan/<code>/ten/<int:number>/bo": "takes such a name back",
    # A rule of a whole agency and a kind of notice, like its switches: it names no dossier, no
    # citizen and no notice, leaves at least one rung, and holds for all that come to their turn.
    "POST /console/co-quan/<code>/kenh-gui": "which ways an agency leaves to a kind of notice",
    "POST /console/bao-cao/sms": "a gateway's bill, laid beside what was sent",
    "POST /console/phan-anh/<int:number>": "a clerk's answer to a complaint, a chat message",
    "POST /console/thong-bao": "begins an announcement: of no dossier, and no notice",
    "POST /console/thong-bao/<int:number>": "an announcement's draft",
    "POST /console/thong-bao/<int:number>/soan-lai": "a new draft of an old announcement",
    "POST /console/thong-bao/<int:number>/gui-thu": "an announcement to staff's own chats",
    "POST /console/thong-bao/<int:number>/trinh-duyet": "an announcement waits for its approver",
    "POST /console/thong-bao/<int:number>/duyet": "an announcement is approved",
    "POST /console/thong-bao/<int:number>/tra-lai": "an announcement is given back to its writer",
    "POST /console/thong-bao/<int:number>/phat-hanh": "an announcement goes out, behind notices",
    "POST /console/thong-bao/<int:number>/rut-lich": "an announcement leaves the schedule",
    "POST /console/thong-bao/<int:number>/tam-dung": "an announcement is paused, and nothing else",
    "POST /console/thong-bao/<int:number>/gui-tiep": "an announcement goes on",
    "POST /console/thong-bao/<int:number>/dung": "an announcement is stopped, and nothing else",
    "POST /console/cau-chu/<key>": "words of texts that guide; the notices' are fixed, see below",
    "POST /console/cau-chu/<key>/xem": "how such words would look; keeps nothing",
    "POST /console/cau-chu/<key>/ban-goc": "the shipped words of such a text",
    "POST /console/khoa-nguon": "who may feed",
    "POST /console/khoa-nguon/<key_id>/thu-hoi": "who may feed no more",
    "POST /console/kenh/thu": "asks Zalo whether it answers; sends nothing",
    "POST /console/nhom-nhan-tin": "a code that leads into a group",
    "POST /console/nhom-nhan-tin/<int:number>/het-han": "such a code ends",
}
# Addresses that only give something, and those where a carrier asks by GET.
GIVES = {
    "GET /webhooks/zalo": "Zalo's console looks whether the address answers",
    "GET /webhooks/sms/esms/inbound": "a citizen's question to the short code, answered at once",
    "GET /webhooks/sms/1pay/inbound": "a citizen's question to the short code, answered at once",
    "GET /webhooks/sms/cpurl/inbound": "a citizen's question to the short code, answered at once",
    "GET /webhooks/sms/esms/receipt": "the gateway tells which messages arrived",
    "GET /healthz": "alive",
    "GET /.well-known/security.txt": "whom to tell of a weakness",
    "GET /readyz": "ready",
    "GET /metrics": "counts",
    "GET /openapi.json": "the feeds, described",
    "GET /docs": "the feeds, described",
    "GET /docs/swagger-ui/<name>": "the feeds, described",
    "GET /docs/page/<name>": "the feeds, described",
    "GET /t/<tail>": "where the dossier of a slip stands",
    "GET /T/<tail>": "where the dossier of a slip stands",
    "GET /t/page/<name>": "what that page is made of",
    "GET /console/login": "asks for login and password",
    "GET /console/static/<path:name>": "what the console's pages are made of",
    "GET /console/": "what waits",
    "GET /console/phim-tat": "which key does what",
    "GET /console/mat-khau": "asks for a new password",
    "GET /console/ma-xac-thuc": "asks for the code of a log-in",
    "GET /console/xac-thuc": "one's own second factor",
    "GET /console/ra-soat-quyen": "accounts to be looked over",
    "GET /console/ra-soat-quyen/danh-sach.csv": "accounts as a table",
    "GET /console/staff": "accounts",
    "GET /console/anh": "asks for photos of slips",
    "GET /console/staff/<login>": "one account",
    "GET /console/audit": "what staff did",
    "GET /console/bao-cao/sms": "gateways' bills",
    "GET /console/bao-cao/sms/<int:number>": "one bill and where it differs",
    "GET /console/bao-cao/sms/<int:number>/khac.csv": "the same as a table",
    "GET /console/phan-anh": "complaints",
    "GET /console/phan-anh/<int:number>": "one complaint and its dossier's trail",
    "GET /console/bao-cao": "figures",
    "GET /console/bao-cao/ngay": "figures of a month's days",
    "GET /console/bao-cao/ho-so": "the dossiers behind a figure",
    "GET /console/bao-cao/cau-hoi": "figures",
    "GET /console/bao-cao/xuat.csv": "figures as a table",
    "GET /console/bao-cao/xuat.xlsx": "figures as a workbook",
    "GET /console/trao-doi": "which talks wait; nothing that was said",
    "GET /console/trao-doi/moi": "the same, asked by the page itself",
    "GET /console/trao-doi/<number>": "one talk, for the clerks of its desk",
    "GET /console/trao-doi/<number>/moi": "the same, asked by the page itself",
    "GET /console/tim": "dossiers found",
    "GET /console/den-han": "what is promised for today, and what is late",
    "GET /console/tiep-nhan": "the form of an intake",
    "GET /console/ho-so/<code>": "one dossier, for the clerks of its desk",
    "GET /console/ho-so/<code>/in/<kind>": "a page that prints one of its papers",
    "GET /console/ho-so/<code>/giay/<kind>": "one of its papers",
    "GET /console/so-dien-thoai": "numbers that no message reaches",
    "GET /console/so-dien-thoai/<code>": "asks for the right number",
    "GET /console/in-theo-ngay": "which days were drawn",
    "GET /console/in-theo-ngay/<int:number>": "how far a day's slips are",
    "GET /console/in-theo-ngay/<int:number>/tien-do": "the same, asked by the page itself",
    "GET /console/in-theo-ngay/<int:number>/phieu.pdf": "a day's slips",
    "GET /console/thu-tuc": "what a desk takes in",
    "GET /console/thu-tuc/<code>/huong-dan": "a page that prints what to bring",
    "GET /console/thu-tuc/<code>/huong-dan.pdf": "what to bring",
    "GET /console/lich": "days off of a year",
    "GET /console/lich/<int:year>.csv": "the same as a table",
    "GET /console/lich/<int:year>.ics": "the same for calendar programs",
    "GET /console/lich/nhap": "asks for a year's notice",
    "GET /console/quay": "what a desk says of itself",
    "GET /console/co-quan": "agencies",
    "GET /console/co-quan/nhap-danh-sach": "asks for a file of agencies",
    "GET /console/co-quan/<code>": "one agency and its history",
    "GET /console/quay/ap-phich": "a page that prints the poster",
    "GET /console/quay/ap-phich.pdf": "the poster",
    "GET /l/<token>": "where an announcement's short link leads",
    "GET /l/anh/<name>": "an announcement's picture, once it goes out",
    "GET /console/thong-bao": "announcements",
    "GET /console/thong-bao/<int:number>": "the editor of an announcement",
    "GET /console/thong-bao/<int:number>/nguoi-nhan": "whom an announcement would reach",
    "GET /console/thong-bao/<int:number>/phien-ban": "versions of an announcement",
    "GET /console/thong-bao/<int:number>/anh": "a draft's picture",
    "GET /console/thong-bao/<int:number>/duyet": "what is to be approved",
    "GET /console/thong-bao/<int:number>/theo-doi": "how far an announcement is",
    "GET /console/thong-bao/<int:number>/tien-do": "the same, for the page's script",
    "GET /console/thong-bao/<int:number>/ket-qua": "what came of an announcement",
    "GET /console/thong-bao/<int:number>/ket-qua.csv": "the same as a file",
    "GET /console/thong-bao/<int:number>/ket-qua.xlsx": "the same as a file",
    "GET /console/cau-chu": "every text that a citizen can receive",
    "GET /console/cau-chu/ngay": "what citizens were told on a day",
    "GET /console/cau-chu/<key>": "one text and what it was",
    "GET /quyen-rieng-tu": "what is kept of citizens, and their rights",
    "GET /tinh-trang": "how prompt notices were, day by day",
    "GET /console/khoa-nguon": "keys of the feed, never their secrets",
    "GET /console/khoa-nguon/<key_id>/thu-hoi": "asks whether a key is to end",
    "GET /console/kenh": "how the ways to citizens stand",
    "GET /console/van-hanh": "how the house stands",
    "GET /console/van-hanh.json": "the same, for machines",
    "GET /console/van-hanh/so-tay": "what each alarm means",
    "GET /console/nhom-nhan-tin": "groups and their codes",
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
    "audit head": "links what staff did into its chain",
    "staff reset-second-factor": "takes an account's second factor away",
    "staff add": "who may log in to the console",
    "staff list": "only looks",
    "staff set": "what an account may do; no role writes a notice",
    "pull": "reads the national exchange, as the feed does",
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
