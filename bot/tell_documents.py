"""What the owner of a dossier is told of its electronic results and papers, and nobody else."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlsplit

from sqlalchemy import Connection

from bot.core.document import Document, Kind, Validity, validity
from bot.document_record import opened_document
from bot.runtime import Runtime
from bot.store.documents import StoredDocument
from bot.store.own_documents import documents_of, proved_among

MOST_RESULTS = 2  # told one by one
NAME_LENGTH = 120
NUMBER_LENGTH = 80
LINK_LENGTH = 200
STANDINGS = {
    Validity.NOT_YET: "mine.result_not_yet",
    Validity.EXPIRED: "mine.result_expired",
    Validity.REVOKED: "mine.result_revoked",
}

Owned = Mapping[tuple[str, int], Sequence[StoredDocument]]


def owned_documents(
    connection: Connection, users: Collection[str], dossiers: Collection[int]
) -> Owned:
    """The documents of these dossiers by (person, dossier), for those who proved its phone."""
    documents = documents_of(connection, dossiers)
    if not documents:
        return {}
    pairs = proved_among(connection, users, documents.keys())
    return {pair: documents[pair[1]] for pair in pairs}


def document_words(runtime: Runtime, stored: Sequence[StoredDocument]) -> list[str]:
    """Sentences about a dossier's electronic results and papers; none where there are none.

    Shape:  only for who proved the dossier's phone: kind, number, and where to see it.
    Source: domain-facts 8.1 ("có/không có kết quả điện tử"); interfaces 5.
    """
    results = [one for one in stored if one.kind == Kind.RESULT and one.digitised]
    told = [words for one in results[:MOST_RESULTS] for words in _result_words(runtime, one)]
    render = runtime.texts.render
    if len(results) > MOST_RESULTS:
        told.append(render("mine.results_more", count=str(len(results) - MOST_RESULTS)))
    papers = sum(one.kind == Kind.PAPER for one in stored)
    return [*told, render("mine.papers", count=str(papers))] if papers else told


def _result_words(runtime: Runtime, stored: StoredDocument) -> list[str]:
    one, render = opened_document(runtime.vault, stored), runtime.texts.render
    told = [render("mine.result", name=_name(one, stored))]
    if one.number:
        told.append(render("mine.result_number", number=_short(one.number, NUMBER_LENGTH)))
    elif one.symbol:
        told.append(render("mine.result_symbol", symbol=_short(one.symbol, NUMBER_LENGTH)))
    standing = STANDINGS.get(validity(one, runtime.today()))
    if standing:
        told.append(render(standing))
    link = trusted_link(one.link, runtime.settings.result_link_hosts)
    return [*told, render("mine.result_link", link=link) if link else render("mine.result_store")]


def _name(one: Document, stored: StoredDocument) -> str:
    """What kind it is: its own name, else what was applied for."""
    return _short((one.name or stored.procedure_name).rstrip(" ."), NAME_LENGTH)


def trusted_link(link: str | None, hosts: Collection[str]) -> str:
    """A link that may be handed to a citizen as it is; "" for any other.

    Shape: https at the usual port, at a host of `hosts` or below one, without a log-in in it.
    """
    if not link or len(link) > LINK_LENGTH or not link.isascii() or not link.isprintable():
        return ""
    try:
        parts = urlsplit(link)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc or "\\" in link:
        return ""
    trusted = any(host == one or host.endswith(f".{one}") for one in hosts)
    return link if trusted and " " not in link else ""


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
