"""Every way to citizens as it stands: holds, refusals, receipts, tokens, money, templates."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ask_balances import gateways_of
from bot.channels import esms, speedsms, vietguys
from bot.channels.sms_balance import tells_balance
from bot.channels.zalo_errors import BUSINESS, OPENAPI, judge
from bot.core.ladder import Tried
from bot.core.notice import Rung
from bot.database import reading
from bot.notice_send import BY_PHONE, WALLET, ZALO
from bot.read_page import TEMPLATE_QUOTA
from bot.renew import TokenStatus
from bot.renew import status as token_status
from bot.renewal import CARRIER
from bot.runbook import Alarm
from bot.runtime import Runtime
from bot.store.announcement_books import Quota, quota_of
from bot.store.carrier_figures import (
    Handed,
    Replied,
    TokenEvent,
    handed_since,
    replied_since,
    token_events,
)
from bot.store.channel_states import Held, held_channels
from bot.store.gateway_balances import Balance, balances
from bot.store.template_states import TemplateState, template_states
from bot.template_news import ENABLED, LOW
from bot.watch_rules import watch_rules

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_CODES = 5
MOST_TOKEN_EVENTS = 8
UNKNOWN = "unknown"
_RULES = {"esms": esms.RULES, "speedsms": speedsms.RULES, "vietguys": vietguys.RULES}
_ENDED_BADLY = frozenset(
    str(one) for one in (Tried.FAILED, Tried.REFUSED, Tried.HELD, Tried.UNSURE)
)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often one code came in 24 hours; `kind` is its class (later, never, halt, …)."""

    code: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Span:
    """Calls of one way in a span of time, and those that went wrong."""

    calls: int = 0
    errors: int = 0

    @property
    def percent(self) -> float:
        """Units: percent of calls that went wrong; 0 without a call."""
        return 100 * self.errors / self.calls if self.calls else 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """One way: `name` is what its hold is called by.

    Shape: `taken` and `arrived` are those of 24 hours that a receipt is expected for; both 0 for a
           way that answers at once whether it delivered.
    """

    name: str
    held: Held | None
    hour: Span
    day: Span
    codes: Sequence[Refusals]
    taken: int = 0
    arrived: int = 0
    failed_later: int = 0


@dataclass(frozen=True, slots=True)
class Money:
    """What a gateway said is left; `told` None when it never did, `asked` False when it cannot."""

    gateway: str
    told: Balance | None
    asked: bool


@dataclass(frozen=True, slots=True)
class Template:
    """An event's template, and the newest that Zalo told of it by itself."""

    event: str
    id: str
    news: TemplateState | None


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """All ways at one moment."""

    at: datetime
    token: TokenStatus
    token_trail: Sequence[TokenEvent]
    ways: Sequence[Way]
    money: Sequence[Money]
    quota: Quota | None
    templates: Sequence[Template]
    alarms: Sequence[Alarm]


def watch_channels(runtime: Runtime) -> ChannelReport:
    """Look at every way; only reads, and calls nobody."""
    now, settings = runtime.now(), runtime.settings
    ids = {event: one.id for event, one in settings.zalo_templates.items()}
    gateways = gateways_of(runtime)
    with reading(runtime.engine) as connection:
        held = held_channels(connection)
        handed = handed_since(connection, now - DAY, now - HOUR)
        replied = replied_since(connection, now - DAY, now - HOUR)
        told, quota = balances(connection), quota_of(connection, TEMPLATE_QUOTA)
        news = template_states(connection, set(ids.values()))
        trail = token_events(connection, CARRIER, MOST_TOKEN_EVENTS)
    names = [ZALO, BY_PHONE, WALLET, *(f"sms:{name}" for name in gateways)]
    names += sorted(held.keys() - set(names))
    ways = [_way(name, held.get(name), handed, replied) for name in names]
    money = [
        Money(name, told.get(name), tells_balance(name, runtime.settings)) for name in gateways
    ]
    templates = [Template(str(one), ids[one], news.get(ids[one])) for one in sorted(ids)]
    token = token_status(runtime)
    alarms = [
        *_token_alarms(token),
        *(alarm for way in ways for alarm in _way_alarms(way)),
        *_money_alarms(money, quota),
        *_template_alarms(templates),
    ]
    return ChannelReport(now, token, trail, ways, money, quota, templates, alarms)


def _way(name: str, held: Held | None, handed: Sequence[Handed], replied: Sequence[Replied]) -> Way:
    carrier = name.removeprefix("sms:")
    own = [one for one in handed if one.carrier == carrier and one.state != Tried.SENDING]
    said = [
        one for one in replied if name == ZALO and one.state in ("delivered", "failed", "unsure")
    ]
    codes: Counter[str] = Counter()
    for one in own:
        if _went_wrong(one):
            codes[one.code] += one.count
    for reply in said:
        if reply.state != "delivered":
            codes[_code_in(reply.reason)] += reply.count
    taken = [one for one in own if one.rung != Rung.CHAT and one.taken]
    return Way(
        name,
        held,
        hour=_span([one for one in own if one.recent], [one for one in said if one.recent]),
        day=_span(own, said),
        codes=[
            Refusals(code, _kind(name, code), count)
            for code, count in codes.most_common(MOST_CODES)
        ],
        taken=sum(one.count for one in taken),
        arrived=sum(one.count for one in taken if one.arrived),
        failed_later=sum(one.count for one in taken if one.state == Tried.FAILED),
    )


def _span(handed: Sequence[Handed], replied: Sequence[Replied]) -> Span:
    calls = sum(one.count for one in handed) + sum(one.count for one in replied)
    wrong = sum(one.count for one in handed if _went_wrong(one))
    wrong += sum(one.count for one in replied if one.state != "delivered")
    return Span(calls, wrong)


def _went_wrong(one: Handed) -> bool:
    """Whether the carrier did not take it; what it took and then lost is told by receipts."""
    return one.state in _ENDED_BADLY and not (one.state == Tried.FAILED and one.taken)


def _code_in(reason: str) -> str:
    """The carrier's code that a closed reply's reason begins with."""
    head = reason.split(" ", 1)[0]
    return head if head.lstrip("-").isdecimal() else ""


def _kind(way: str, code: str) -> str:
    """The class of a carrier's code."""
    if way.startswith("sms:"):
        rule = _RULES.get(way.removeprefix("sms:"), {}).get(code)
        return str(rule.again) if rule else UNKNOWN
    found = judge(code, table=BUSINESS if way == BY_PHONE else OPENAPI)
    return str(found.kind) if found.known else UNKNOWN


def _token_alarms(token: TokenStatus) -> Iterator[Alarm]:
    rules = watch_rules().tokens
    if not token.linked or token.consent_needed:
        why = "chưa nạp token" if not token.linked else "Zalo không nhận refresh token nữa"
        yield Alarm("MotcuaTokenConsent", ZALO, why)
        return
    left = token.expires_in_seconds or 0
    if left < rules.access_hours * 3600:
        told = f"còn {left / 3600:.1f} giờ" if left > 0 else "đã hết hạn"
        yield Alarm("MotcuaTokenEnding", ZALO, told)
    days = (token.refresh_expires_in_seconds or 0) / 86_400
    if days < rules.refresh_days:
        yield Alarm("MotcuaRefreshTokenEnding", ZALO, f"còn {max(0.0, days):.0f} ngày")


def _way_alarms(way: Way) -> Iterator[Alarm]:
    rules = watch_rules().ways
    if way.held:
        yield Alarm("MotcuaChannelHeld", way.name, way.held.reason)
    if way.hour.calls >= rules.calls and way.hour.percent >= rules.errors_percent:
        told = f"{way.hour.errors}/{way.hour.calls} trong một giờ"
        yield Alarm("MotcuaErrorsMany", way.name, told)
    settled = way.arrived + way.failed_later
    if way.taken >= rules.calls and 100 * way.arrived < rules.arrived_percent * way.taken:
        told = f"{way.arrived}/{way.taken} tin báo đã tới, {settled} tin đã có báo"
        yield Alarm("MotcuaReceiptsFew", way.name, told)


def _money_alarms(money: Sequence[Money], quota: Quota | None) -> Iterator[Alarm]:
    rules = watch_rules().money
    for one in money:
        dong = one.told.dong if one.told else None
        if dong is not None and dong < rules.low_dong:
            yield Alarm("MotcuaBalanceLow", f"sms:{one.gateway}", f"còn {dong} đồng")
    total, left = (quota.total, quota.remaining) if quota else (None, None)
    if total and left is not None and 100 * left < rules.quota_percent * total:
        yield Alarm("MotcuaQuotaLow", BY_PHONE, f"còn {left}/{total} tin trong ngày")


def _template_alarms(templates: Sequence[Template]) -> Iterator[Alarm]:
    for one in templates:
        news = one.news
        if news is None:
            continue
        if news.status not in ("", ENABLED) or news.quality == LOW:
            told = " ".join(part for part in (news.status, news.quality, news.reason) if part)
            yield Alarm("MotcuaTemplateBad", one.event, told)
