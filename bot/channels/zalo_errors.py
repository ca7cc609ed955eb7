"""What each documented error code of Zalo means for what we do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.channels.channel import Again


class Kind(StrEnum):
    """The class of a code: as `Again`, and what the client treats in its own way first."""

    LATER = "later"
    PAUSE = "pause"
    NEVER = "never"
    CLOSED = "closed"
    HALT = "halt"
    AUTH = "auth"  # the access token is dead: renew once, try once more
    REUPLOAD = "reupload"  # the attachment is gone: upload again, then send with the new id
    TEMPLATE = "template"  # this template would be refused for everybody: another way, loudly

    def again(self) -> Again:
        """What is left to do when the client could not mend it."""
        return AFTER_MENDING.get(self) or Again(self.value)


AFTER_MENDING = {
    Kind.AUTH: Again.HALT,
    Kind.REUPLOAD: Again.NEVER,
    Kind.TEMPLATE: Again.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One code judged; `known` is False for a code that no manual names."""

    meaning: str
    kind: Kind
    known: bool = True


Table = Mapping[str, tuple[str, Kind]]

# Dead tokens as some deployments show them, zalo-platform 0 and 1.5; both hosts take one token.
DEAD_TOKEN: Table = {
    "216": ("access token invalid", Kind.AUTH),
    "401": ("access token refused", Kind.AUTH),
    "-401": ("access token refused", Kind.AUTH),
    "-216": ("access token invalid", Kind.AUTH),
    "-220": ("access token expired or removed", Kind.AUTH),
}

# OA OpenAPI, zalo-platform 6. Its classes: transient and schedule are LATER, permanent is NEVER
# or, where another channel may reach the citizen, CLOSED; human is HALT; bug is NEVER, but where
# every message would fail alike (-242) it is HALT, so that nothing is thrown away.
OPENAPI: Table = {
    "-32": ("calls per minute of the app exceeded", Kind.PAUSE),
    "-100": ("attachment id expired", Kind.REUPLOAD),
    "-200": ("send failed", Kind.LATER),
    "-201": ("a field is invalid", Kind.NEVER),
    "-204": ("OA disabled or deleted", Kind.HALT),
    "-205": ("OA does not exist", Kind.HALT),
    "-209": ("app not activated for this API", Kind.HALT),
    "-210": ("a parameter is over its limit", Kind.NEVER),
    "-211": ("out of quota for messages outside 48 h", Kind.CLOSED),
    "-212": ("app has not registered this API", Kind.HALT),
    "-213": ("the citizen does not follow the OA", Kind.CLOSED),
    "-214": ("article still being processed", Kind.LATER),
    "-217": ("the citizen blocked invitations", Kind.CLOSED),
    "-218": ("the citizen's quota of messages to receive is reached", Kind.CLOSED),
    "-219": ("app removed or disabled", Kind.HALT),
    "-221": ("OA must be verified", Kind.HALT),
    "-223": ("OA did not authorise the app for this API", Kind.HALT),
    "-224": ("OA package too low", Kind.HALT),
    "-227": ("citizen banned or inactive over 45 days", Kind.CLOSED),
    "-230": ("no interaction in 7 days", Kind.CLOSED),
    "-232": ("never interacted, or the interaction expired", Kind.CLOSED),
    "-233": ("message type invalid or not supported", Kind.NEVER),
    "-234": ("not at night, 22:00 to 06:00", Kind.LATER),
    "-235": ("API not for this type of OA", Kind.HALT),
    "-237": ("group disabled", Kind.NEVER),
    "-238": ("asset disabled", Kind.REUPLOAD),
    "-240": ("this API was shut down", Kind.NEVER),
    "-241": ("asset already used", Kind.REUPLOAD),
    "-242": ("appsecret_proof missing or wrong: switch it off for the app", Kind.HALT),
    "-244": ("the citizen restricted this message type", Kind.CLOSED),
    "-248": ("violates the platform's standards", Kind.NEVER),
    "-249": ("this template cannot be sent by UID", Kind.CLOSED),
    "-320": ("app must be connected to a ZBS account", Kind.HALT),
    "-321": ("ZBS account out of money or cannot be charged", Kind.HALT),
    "-403": ("OA is not in this group", Kind.NEVER),
    "-501": ("the call came from outside Vietnam", Kind.HALT),
    "-1340": ("ads form not found", Kind.NEVER),
    "-1341": ("no access to the ads form", Kind.NEVER),
    "-105": ("app is not linked with the OA", Kind.HALT),
    "112": ("app is not linked with the OA", Kind.HALT),
    **DEAD_TOKEN,
}

# ZBS template messages by phone, zalo-platform 5.5; the same number often means something else.
# What is wrong with one template, or with its data, is TEMPLATE: the account still works, so the
# other templates go on, and this citizen is told by the next way. Limits that end after days
# (-1441, -1471, -1472) also mean another way: a notice is not kept for so long.
BUSINESS: Table = {
    "-100": ("unknown, try later", Kind.LATER),
    "-101": ("app invalid", Kind.HALT),
    "-102": ("app missing", Kind.HALT),
    "-103": ("app not active", Kind.HALT),
    "-104": ("app secret wrong", Kind.HALT),
    "-105": ("app not linked to an OA", Kind.HALT),
    "-106": ("method unsupported", Kind.NEVER),
    "-107": ("message id invalid", Kind.NEVER),
    "-108": ("phone invalid", Kind.CLOSED),
    "-109": ("template id invalid", Kind.TEMPLATE),
    "-1091": ("template cannot be edited in this state", Kind.NEVER),
    "-110": ("the recipient's Zalo is too old", Kind.CLOSED),
    "-111": ("template data empty", Kind.TEMPLATE),
    "-112": ("template data of a wrong type", Kind.TEMPLATE),
    "-1121": ("a parameter is too long", Kind.TEMPLATE),
    "-1122": ("a parameter is missing", Kind.TEMPLATE),
    "-1123": ("QR generation failed", Kind.TEMPLATE),
    "-1124": ("a parameter is badly formed", Kind.TEMPLATE),
    "-113": ("button invalid", Kind.TEMPLATE),
    "-1131": ("button link invalid", Kind.TEMPLATE),
    "-114": ("citizen inactive, refuses, or app outdated", Kind.CLOSED),
    "-115": ("out of quota or wallet empty", Kind.HALT),
    "-116": ("text invalid", Kind.TEMPLATE),
    "-117": ("template does not belong to this app and OA", Kind.TEMPLATE),
    "-118": ("no Zalo account on this number", Kind.CLOSED),
    "-119": ("the account cannot receive", Kind.CLOSED),
    "-120": ("OA lacks the feature", Kind.HALT),
    "-1201": ("OA may not send promotion templates", Kind.TEMPLATE),
    "-1202": ("OA lacks the right to media", Kind.TEMPLATE),
    "-121": ("body empty", Kind.NEVER),
    "-122": ("body is not JSON", Kind.NEVER),
    "-123": ("RSA decryption failed", Kind.NEVER),
    "-124": ("access token invalid", Kind.AUTH),
    "-1241": ("appsecret_proof missing or wrong: switch it off for the app", Kind.HALT),
    "-125": ("OA id invalid", Kind.HALT),
    "-126": ("development wallet empty", Kind.HALT),
    "-127": ("test messages go to admins only", Kind.NEVER),
    "-128": ("RSA key missing", Kind.NEVER),
    "-129": ("RSA key exists", Kind.NEVER),
    "-130": ("text over 100,000 characters", Kind.TEMPLATE),
    "-131": ("template not approved", Kind.TEMPLATE),
    "-132": ("parameter invalid", Kind.TEMPLATE),
    "-133": ("not at night, 22:00 to 06:00", Kind.LATER),
    "-134": ("the citizen did not answer the opt-in", Kind.CLOSED),
    "-135": ("OA may not send", Kind.HALT),
    "-1351": ("OA blocked for a violation", Kind.HALT),
    "-136": ("ZBS account not linked", Kind.HALT),
    "-137": ("charge failed", Kind.HALT),
    "-138": ("app lacks the permission", Kind.HALT),
    "-1381": ("extension permission missing", Kind.HALT),
    "-139": ("the citizen refused this type", Kind.CLOSED),
    "-140": ("the citizen is not eligible", Kind.CLOSED),
    "-141": ("the citizen refused this OA", Kind.CLOSED),
    "-142": ("RSA key missing", Kind.NEVER),
    "-143": ("RSA key exists", Kind.NEVER),
    "-144": ("daily limit of the OA", Kind.LATER),
    "-1441": ("monthly promotion limit of the OA", Kind.TEMPLATE),
    "-145": ("OA may not send this content type", Kind.TEMPLATE),
    "-146": ("template disabled for poor quality", Kind.TEMPLATE),
    "-147": ("daily limit of the template", Kind.LATER),
    "-1471": ("monthly promotion limit for this citizen", Kind.CLOSED),
    "-1472": ("daily promotion limit for this citizen", Kind.CLOSED),
    "-148": ("journey token missing", Kind.TEMPLATE),
    "-149": ("journey token invalid", Kind.NEVER),
    "-1491": ("journey token of a wrong type", Kind.NEVER),
    "-150": ("journey token expired", Kind.NEVER),
    "-151": ("not an E2EE template", Kind.NEVER),
    "-152": ("E2EE key missing", Kind.NEVER),
    "-153": ("data violates the specification", Kind.TEMPLATE),
    "-158": ("upload too big", Kind.NEVER),
    "-159": ("upload of a bad format", Kind.NEVER),
    "-160": ("daily upload quota", Kind.LATER),
    "-161": ("sending mode not allowed", Kind.NEVER),
    "-162": ("sending mode 3 is not for this tag", Kind.NEVER),
    **DEAD_TOKEN,
}

# Template messages by UID go over the OA's host and may be refused in the words of either table
# (zalo-platform 3.2). What a chat message is refused for, a template is judged by differently.
TEMPLATE_UID: Table = {
    **BUSINESS,
    **OPENAPI,
    "-100": BUSINESS["-100"],
    "-201": ("the template's id or data is invalid", Kind.TEMPLATE),
    "-210": ("the template's data is over its limit", Kind.TEMPLATE),
    "-211": ("the OA's quota of template messages is used up", Kind.LATER),
    "-233": ("the template's type is invalid or not supported", Kind.TEMPLATE),
    "-249": ("this template cannot be sent by UID", Kind.TEMPLATE),
}

# Codes with two meanings: a part of the message, lower case, and what it turns the code into.
# None of them is a code of BUSINESS.
# Zalo's wording varies and has typos, so a part of it only refines what the code alone says.
BY_MESSAGE: Mapping[str, tuple[tuple[str, str, Kind], ...]] = {
    "-32": (("your oa", "calls per minute of the OA exceeded", Kind.PAUSE),),
    "-223": (("quota", "article quota of the OA reached", Kind.LATER),),
    # An unknown or foreign UID comes as an invalid field; only there another channel helps.
    "-201": (
        ("user_id", "user id invalid, unknown or of another OA", Kind.CLOSED),
        ("user id", "user id invalid, unknown or of another OA", Kind.CLOSED),
    ),
}


def judge(code: str, message: str = "", table: Table = OPENAPI) -> Refusal:
    """What a refusal means; a code that no manual names is NEVER for this message.

    Source: zalo-platform 6 ("unknown codes: treat as permanent for this message, alert").
    """
    known = table.get(code)
    if known is None:
        return Refusal(f"code {code} is in no manual", Kind.NEVER, known=False)
    said = message.lower()
    for part, meaning, kind in BY_MESSAGE.get(code, ()):
        if part in said:
            return Refusal(meaning, kind)
    return Refusal(*known)
