"""Whom an announcement would reach now: counted by road, with its cost, quota and duration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.announcement_steps import family_of, reach_of
from bot.ceiling import SHARES
from bot.core.announcement import AudienceKind, Content, Road, minutes_needed
from bot.database import reading
from bot.prices import load_prices
from bot.read_page import TEMPLATE_QUOTA
from bot.runtime import Runtime
from bot.store.announcement_audience import count_reach
from bot.store.announcement_books import Quota, broadcasts_since, quota_of

# zalo-platform 3.6, older pages: a verified page sends so many articles a month.
MOST_BROADCASTS = 40


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an announcement comes to, were it sent now.

    Shape: `by_road` counts people, those whom nothing reaches under Road.NONE; `out` want none;
           `cost_dong` without VAT; `minutes` at the rate Zalo allows, within sending hours;
           `broadcasts` were sent this month.
    """

    by_road: Mapping[Road, int]
    out: int
    paid_chat: int
    cost_dong: int
    minutes: int
    quota: Quota | None
    broadcasts: int
    at: datetime

    @property
    def reached(self) -> int:
        """How many are told."""
        return sum(count for road, count in self.by_road.items() if road is not Road.NONE)

    @property
    def short_of_quota(self) -> int:
        """How many template messages the quota lacks, as far as it is known."""
        by_template = sum(
            self.by_road.get(road, 0) for road in (Road.TEMPLATE_UID, Road.TEMPLATE_PHONE)
        )
        if self.quota is None or self.quota.remaining is None:
            return 0
        return max(0, by_template - self.quota.remaining)


def foresee(runtime: Runtime, content: Content) -> Foreseen:
    """Count an audience as it is now; at sending it is counted anew."""
    now = runtime.now()
    reach = reach_of(runtime, content, now)
    local = now.astimezone(runtime.settings.zone)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with reading(runtime.engine) as connection:
        if content.audience.kind is AudienceKind.PHONES:
            road = Road.TEMPLATE_PHONE if _has_template(runtime) else Road.NONE
            by_road, paid, out = {road: content.audience.count}, 0, 0
        else:
            counted = count_reach(connection, reach, family_of(connection, content))
            by_road, paid, out = dict(counted.by_road), counted.paid_chat, counted.out
        quota = quota_of(connection, TEMPLATE_QUOTA)
        sent = broadcasts_since(connection, month)
    return Foreseen(
        by_road=by_road,
        out=out,
        paid_chat=paid,
        cost_dong=_cost(by_road, paid),
        minutes=_minutes(runtime, by_road),
        quota=quota,
        broadcasts=sent,
        at=now,
    )


def _has_template(runtime: Runtime) -> bool:
    return runtime.settings.zalo_announcement_template is not None


def _cost(by_road: Mapping[Road, int], paid_chat: int) -> int:
    prices = load_prices()
    return (
        paid_chat * prices.chat_paid
        + by_road.get(Road.TEMPLATE_UID, 0) * prices.template(uid=True)
        + by_road.get(Road.TEMPLATE_PHONE, 0) * prices.template(uid=False)
    )


def _minutes(runtime: Runtime, by_road: Mapping[Road, int]) -> int:
    one_by_one = sum(
        count for road, count in by_road.items() if road not in (Road.NONE, Road.BROADCAST)
    )
    rate = int(runtime.settings.zalo_calls_per_minute * SHARES["bulk"])
    broadcast = 1 if by_road.get(Road.BROADCAST) else 0
    return minutes_needed(one_by_one, rate) + broadcast
