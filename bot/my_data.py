"""What is kept about a citizen's proved phones, told in the chat, and how to have it all."""

from bot.answer import privacy_address
from bot.core.message import Reply
from bot.core.phone import Phone
from bot.prove_phone import how_to_prove
from bot.store.dossier_follows import open_follows
from bot.store.phone_links import open_links
from bot.store.subjects import counted
from bot.talk import Talk


def my_data(talk: Talk) -> Reply:
    """How much is kept of what, for whoever has proved a phone; else how to prove one.

    The whole goes only to a person whose papers were seen: a phone may be lent.
    """
    links = open_links(talk.connection, talk.user_id)
    address = privacy_address(talk.runtime.settings)
    if not links:
        return how_to_prove(talk, "data.how", privacy=address)
    vault = talk.runtime.vault
    phones = ", ".join(str(Phone(vault.open_text(link.phone))) for link in links)
    found = counted(talk.connection, [link.phone_index for link in links], talk.user_id)
    follows = len(open_follows(talk.connection, talk.user_id))
    kept = talk.words(
        "data.kept",
        phones=phones,
        dossiers=str(found.dossiers),
        notices=str(found.notices),
        follows=str(follows),
        lookups=str(found.lookups),
        talks=str(found.talks),
    )
    rights = talk.words("data.rights", privacy=address)
    return talk.reply("data", f"{kept}\n{rights}", "mine")
