"""The control API's part that turns the clock, the switches, the app's console and the desk."""

import copy
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sandbox.asked import Asked, AskedWrongError
from sandbox.clock import LOCAL
from sandbox.dossiers import Dossier, late_due
from sandbox.faults import KNOBS
from sandbox.one_stop import FeedDownError, OneStop, taken
from sandbox.world import World

Json = dict[str, Any]


async def clock(world: World, asked: Asked) -> Json:
    """Move the sandbox's clock; what becomes due happens at once."""
    try:
        world.clock.move_to(_new_offset(world, asked))
    except ValueError as wrong:
        raise AskedWrongError(f"the clock would leave its range; expected {wrong}") from None
    world.tell("clock")
    for person in world.people:
        world.person_changed(person)
    return world.clock_seen()


def _new_offset(world: World, asked: Asked) -> float:
    if asked.has("advance_seconds"):
        return world.clock.offset + asked.number("advance_seconds")
    if asked.has("offset_seconds"):
        return asked.number("offset_seconds")
    try:
        moment = datetime.fromisoformat(asked.text("now"))
    except ValueError:
        raise AskedWrongError(asked.came("now", "ISO 8601, or advance_seconds")) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LOCAL)
    return world.clock.offset + moment.timestamp() - world.clock.now()


async def fault(world: World, asked: Asked) -> Json:
    """Move one fault switch, or all of them back with the name `all`."""
    name = asked.one_of("name", (*KNOBS, "all"))
    if name == "all":
        world.faults.all_off()
        return {"faults": world.faults.seen()}
    value, count = asked.raw("value"), asked.raw("count")
    if count is not None and (type(count) is not int or count < 1):
        raise AskedWrongError(asked.came("count", "a whole number from 1, or null"))
    if value is not None and (type(value) not in (int, float) or KNOBS[name][2] is None):
        expected = "no value" if KNOBS[name][2] is None else "a number"
        raise AskedWrongError(asked.came("value", expected))
    changed = world.faults.set(name, asked.flag("on", True), count, value)
    return {"fault": changed.seen()}


async def token(world: World, _asked: Asked) -> Json:
    """Mint a pair of tokens, as an OA admin does by hand in API Explorer."""
    world.changed = True
    return dict(world.tokens.mint(world.clock.now()))


async def oauth(world: World, asked: Asked) -> Json:
    """Save the app's callback address; an empty text lets every address pass."""
    world.redirect_uri = asked.text("redirect_uri", "")
    return {"redirect_uri": world.redirect_uri}


async def webhook(world: World, asked: Asked) -> Json:
    """Change the webhook's address, its switch, or the switch of one event."""
    hooks = world.webhooks
    if asked.has("url"):
        url = asked.text("url")
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
            raise AskedWrongError(asked.came("url", "an address with http or https"))
        hooks.url = url
    if asked.has("event"):
        hooks.events[asked.text("event")] = asked.flag("on", True)
    hooks.enabled = asked.flag("enabled", hooks.enabled)
    world.tell("webhook")
    return {"webhook": hooks.seen()}


async def console_test(world: World, _asked: Asked) -> Json:
    """Press the console's test button: the signed sample and a bare `{}`."""
    return {"sent": await world.webhooks.console_test(world.events.console_sample())}


async def dossier(world: World, asked: Asked, desk: OneStop) -> Json:
    """Work at the one-stop desk: the change goes through the product's feed."""
    action = asked.one_of("action", ("seed", "next", "late", "new"))
    if asked.has("form"):
        asked.one_of("form", ("v1", "dvcqg"))
    if action == "seed":
        return await through_feed(world, desk, world.dossiers.all(), keep=True)
    if action == "new":
        drawn = world.dossiers.drawn_up()
        drawn.by_post = asked.flag("post", False)
        return await through_feed(world, desk, [drawn])
    known = world.dossiers.by_code(asked.text("code"))
    if known is None:
        raise AskedWrongError(asked.came("code", "the code of a demo dossier"))
    changed = copy.copy(known)
    if action == "late":
        changed.due_at, changed.changed_at = late_due(world.clock), world.clock.now()
    elif changed.next_step is None:
        raise AskedWrongError(f"{known.code} is at its last step; expected one with a next step")
    else:
        changed.move_on(world.clock.now())
    national = action == "next" and asked.text("form", "v1") == "dvcqg"
    return await through_feed(world, desk, [changed], national=national)


async def through_feed(
    world: World,
    desk: OneStop,
    dossiers: list[Dossier],
    keep: bool = False,
    national: bool = False,
) -> Json:
    """Send, and keep the change only when the product has it too.

    Errors: AskedWrongError when the product does not answer or there is no key to sign with.
    """
    try:
        if national:
            status, answer = await desk.send_national(dossiers[0])
        else:
            status, answer = await desk.send(dossiers)
    except FeedDownError as failure:
        raise AskedWrongError(str(failure)) from None
    if keep or taken(answer):
        for one in dossiers:
            world.dossiers.put(one)
    for one in dossiers:
        kept = world.dossiers.by_code(one.code)
        if kept is not None:
            kept.last_answer = one.last_answer
            desk.show(kept)
    shown = [one.seen() for one in dossiers]
    return {"status": status, "answer": answer, "dossiers": shown}
