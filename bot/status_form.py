"""The operators' page in the form for machines."""

from datetime import datetime
from typing import Any

from bot.watch_channels import ChannelReport
from bot.watch_feeds import FedAgency
from bot.watch_house import HouseReport


def status_form(report: HouseReport) -> dict[str, Any]:
    """What the page shows, as JSON takes it; moments in ISO 8601, nothing personal.

    Source: docs/watching.md ("For machines").
    """
    waiting, oldest = report.inbox
    return {
        "at": _moment(report.at),
        "alarms": [one.as_dict() for one in report.alarms],
        "inbox": {"waiting": waiting, "oldest_at": _moment(oldest)},
        "owed": [
            {
                "lane": one.lane,
                "way": one.way,
                "state": one.state,
                "count": one.count,
                "oldest_at": _moment(one.oldest_at),
            }
            for one in report.owed
        ],
        "closed_24h": dict(report.closed),
        "failed_24h": dict(report.reasons),
        "jobs": {
            one.name: {
                "succeeded_at": _moment(one.succeeded_at),
                "fault": one.fault,
                "late": one.late,
            }
            for one in report.jobs
        },
        "workers": dict(report.workers),
        "feeds": [_feed(one) for one in report.feeds],
        "promptness": [
            {"day": one.day.isoformat(), "due": one.due, "prompt": one.prompt}
            for one in report.prompt
        ],
        "disk": {"total": report.machine.disk_total, "free": report.machine.disk_free},
        "clock": {"off": report.machine.clock_off, "offset": report.machine.clock_offset},
        "channels": _channels(report.channels),
    }


def _feed(one: FedAgency) -> dict[str, Any]:
    return {
        "agency": one.code,
        "last_at": _moment(one.last_at),
        "days_fed": one.days_fed,
        "calls_a_day": round(one.calls_a_day, 1),
        "silent_hours": round(one.silent_hours, 1),
        "limit_hours": one.limit_hours,
        "silent": one.silent,
    }


def _channels(report: ChannelReport) -> dict[str, Any]:
    told = {
        way.name: {
            "held_since": _moment(way.held.since) if way.held else None,
            "calls_1h": way.hour.calls,
            "errors_1h": way.hour.errors,
            "calls_24h": way.day.calls,
            "errors_24h": way.day.errors,
            "taken_24h": way.taken,
            "arrived_24h": way.arrived,
        }
        for way in report.ways
    }
    money = {one.gateway: one.told.dong if one.told else None for one in report.money}
    return {"ways": told, "balances_dong": money}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
