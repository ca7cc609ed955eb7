"""An announcement in the words and forms that Zalo carries: chat message, article, template."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.announcement import Content
from bot.core.announcement_faults import MOST_SUMMARY
from bot.runtime import Runtime

SHORT_LINK = "/l/"
PICTURES = "/l/anh/"


@dataclass(frozen=True, slots=True)
class Telling:
    """An announcement filled in.

    Shape: `message` is the whole chat message; `link` the short link, "" for none; `button` the
           words of the button that opens it, "" where the link stands in the message.
    """

    title: str
    text: str
    message: str
    link: str
    button: str

    @property
    def summary(self) -> str:
        """What stands under an article's title (zalo-platform 3.4: at most 300 characters)."""
        line = " ".join(self.text.split())
        if len(line) <= MOST_SUMMARY:
            return line
        return line[: MOST_SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def telling(runtime: Runtime, content: Content, agency_name: str, token: str, day: date) -> Telling:
    """Fill an announcement in; `token` is that of its short link, `day` the local day it goes."""
    texts = runtime.texts
    link = f"{runtime.settings.public_url}{SHORT_LINK}{token}" if content.link else ""
    values = {"co_quan": agency_name, "ngay": f"{day:%d/%m/%Y}", "lien_ket": link}
    title, text = _filled(content.title, values), _filled(content.text, values)
    in_text = bool(link) and link in text
    # A message with a picture carries no buttons: zalo-platform 3.1.
    if link and not in_text and content.picture:
        text = f"{text}\n\n{texts.render('announcement.more', link=link)}"
        in_text = True
    ending = texts.render("announcement.ending")
    message = texts.render("announcement.chat", title=title, text=text, ending=ending)
    button = texts.render("announcement.more_button") if link and not in_text else ""
    return Telling(title, text, message, link, button)


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
