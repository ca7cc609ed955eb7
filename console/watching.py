"""`/console/kenh`, `/console/van-hanh`: the ways to citizens and the whole house, watched."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, Response, jsonify, render_template

from bot.core.staff import Role
from bot.finding import Finding
from bot.runbook import runbook
from bot.runtime import Runtime
from bot.status_form import status_form
from bot.try_carriers import try_carriers
from bot.watch_channels import watch_channels
from bot.watch_house import watch_house
from bot.watch_rules import watch_rules
from console import carrier_words, house_words
from console.book_words import CHANNELS as RUNGS
from console.book_words import EVENTS, REASONS, number_words, share_words
from console.door import actor, allowed

CHANNELS, HOUSE = "/console/kenh", "/console/van-hanh"
BOOK = f"{HOUSE}/so-tay"


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_watching", __name__, template_folder="templates")

    @routes.get(CHANNELS)
    @allowed(Role.ADMINISTRATOR, Role.SUPERVISOR)
    def channels() -> str:
        return _channels_page(runtime, None)

    @routes.post(f"{CHANNELS}/thu")
    @allowed(Role.ADMINISTRATOR)
    def attempt() -> str | tuple[str, int]:
        found = try_carriers(runtime, actor())
        if found is None:
            return _channels_page(runtime, None, busy=True), 409
        return _channels_page(runtime, found)

    @routes.get(HOUSE)
    @allowed(Role.ADMINISTRATOR, Role.SUPERVISOR)
    def house() -> str:
        return _house_page(runtime)

    @routes.get(f"{HOUSE}.json")
    @allowed(Role.ADMINISTRATOR, Role.SUPERVISOR, renews=False)
    def machine() -> Response:
        return jsonify(status_form(watch_house(runtime, actor().agencies)))

    @routes.get(BOOK)
    @allowed(Role.ADMINISTRATOR, Role.SUPERVISOR)
    def book() -> str:
        return render_template("watching/runbook.html", entries=runbook())

    return routes


def _channels_page(runtime: Runtime, found: Sequence[Finding] | None, busy: bool = False) -> str:
    report = watch_channels(runtime)
    return render_template(
        "watching/channels.html",
        report=report,
        found=found,
        busy=busy,
        events=EVENTS,
        may_try=actor().may(Role.ADMINISTRATOR),
        rules=watch_rules(),
        seconds=lambda number: house_words.span_words(timedelta(seconds=number or 0)),
        **_words(),
    )


def _house_page(runtime: Runtime) -> str:
    report = watch_house(runtime, actor().agencies)
    return render_template(
        "watching/house.html", report=report, rules=watch_rules(), reasons=REASONS, **_words()
    )


def _words() -> dict[str, object]:
    """What both pages say their findings with."""
    return {
        "words": carrier_words,
        "house": house_words,
        "rungs": RUNGS,
        "number": number_words,
        "share": share_words,
        "ago": house_words.ago_words,
        "book": BOOK,
    }
