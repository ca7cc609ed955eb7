"""What the owner of a dossier is told of its way by post, and nobody else."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from bot.core.postal import ReturnState
from bot.runtime import Runtime
from bot.store.own_documents import proved_among
from bot.store.post_orders import PostReturn, returns_of
from bot.store.post_tracking import ToldLine, told_lines

NEWS_LENGTH = 120
STATES: Mapping[ReturnState, str] = {
    ReturnState.UNADDRESSED: "mine.post_unaddressed",
    ReturnState.REGISTERED: "mine.post_registered",
    ReturnState.ORDERED: "mine.post_ordered",
    ReturnState.COLLECTED: "mine.post_on_way",
    ReturnState.UNDER_WAY: "mine.post_on_way",
    ReturnState.DELIVERED: "mine.post_delivered",
    ReturnState.RETURNED: "mine.post_returned",
    ReturnState.REFUSED: "mine.post_refused",
}


def post_words(
    runtime: Runtime, connection: Connection, dossiers: Collection[int]
) -> dict[int, str]:
    """A sentence about the way by post of each of these dossiers that has one.

    Shape:  only for who proved the dossier's phone: state, item code, the post's newest words.
    Source: domain-facts 9 ("show tracking number only to the verified phone").
    """
    known = returns_of(connection, dossiers) if runtime.settings.post_service != "none" else {}
    lines = told_lines(connection, known)
    return {
        place: _words(runtime, one, lines.get(place, ()))
        for place, one in known.items()
        if one.state in STATES
    }


def owned_post_words(
    runtime: Runtime, connection: Connection, users: Collection[str], dossiers: Collection[int]
) -> Mapping[tuple[str, int], str]:
    """The same by (person, dossier), for those of these people who proved a dossier's phone."""
    words = post_words(runtime, connection, dossiers)
    pairs = proved_among(connection, users, words) if words else frozenset()
    return {pair: words[pair[1]] for pair in pairs}


def _words(runtime: Runtime, one: PostReturn, lines: Sequence[ToldLine]) -> str:
    render, vault = runtime.texts.render, runtime.vault
    state = render(STATES[one.state])
    item = vault.open_text(one.item_code) if one.item_code else ""
    if not item:
        return render("mine.post", state=state)
    newest = lines[-1] if lines else None
    if newest is None or newest.message is None:
        return render("mine.post_item", state=state, item=item)
    news = vault.open_text(newest.message)
    local = newest.at.astimezone(runtime.settings.zone)
    return render(
        "mine.post_news",
        state=state,
        item=item,
        news=news if len(news) <= NEWS_LENGTH else f"{news[: NEWS_LENGTH - 1].rstrip()}…",
        at=f"{local:%H:%M %d/%m/%Y}",
    )
