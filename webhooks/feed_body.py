"""The body of a feed: unpacked, parsed and checked before any of it is believed."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from bot.core.snapshot import FeedDossier
from webhooks.feed_form import EXPECTED, DossierForm, feed_dossier
from webhooks.feed_refusal import Fault, Refused, form_refused
from webhooks.feed_types import ODD, came

MOST_BYTES = 4 * 1024 * 1024
MOST_DOSSIERS = 5000
MOST_FAULTS = 20
_UTF8 = frozenset({"", "utf-8", "utf8"})


class _NoJson(ValueError):
    """JSON's grammar allows it, but programs would read it differently."""


def too_large() -> Refused:
    """A body over the limit, packed or unpacked."""
    return Refused(
        413, "size", f"the body exceeds {MOST_BYTES} bytes; send fewer dossiers at a time"
    )


def check_type(mimetype: str, charset: str, encoding: str) -> None:
    """Refuse (415) what is not JSON in UTF-8, plain or gzip."""
    if mimetype != "application/json":
        raise Refused(
            415, "type", f"came {mimetype[:60] or 'no Content-Type'}, expected application/json"
        )
    if charset.lower() not in _UTF8:
        raise Refused(415, "type", f"came charset {charset[:60]}, expected utf-8")
    if encoding.strip().lower() not in ("", "identity", "gzip", "x-gzip"):
        raise Refused(415, "type", f"came Content-Encoding {encoding[:60]}, expected gzip or none")


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body as it was before gzip; never more than the limit is unpacked.

    Errors: Refused, 400 for what is no gzip and 413 over the limit.
    """
    if encoding.strip().lower() in ("", "identity"):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            plain = packed.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise form_refused(
            Fault("Content-Encoding says gzip, but the body cannot be unpacked; pack it whole")
        ) from None
    if len(plain) > MOST_BYTES:
        raise too_large()
    return plain


def read_dossiers(body: bytes) -> list[FeedDossier]:
    """The dossiers of a body whose form is right throughout.

    Errors: Refused, 400 naming up to 20 faults by index and field, 413 for too many dossiers.
    Source: interfaces 4.
    """
    items = _items(parsed(body))
    check_number(items)
    dossiers: list[FeedDossier] = []
    faults: list[Fault] = []
    for index, item in enumerate(items):
        try:
            dossiers.append(feed_dossier(DossierForm.model_validate(item)))
        except ValidationError as error:
            faults.extend(_faults(index, error))
        if len(faults) > MOST_FAULTS:
            break
    if faults:
        raise form_refused(*faults[:MOST_FAULTS], more=len(faults) > MOST_FAULTS)
    return dossiers


def check_number(items: Sequence[Any]) -> None:
    """Refuse (413) more dossiers than are taken at a time."""
    if len(items) > MOST_DOSSIERS:
        raise Refused(
            413,
            "size",
            f"came {len(items)} dossiers, at most {MOST_DOSSIERS} are taken at a time; "
            "send them in several calls",
        )


def parsed(body: bytes) -> Any:
    """What a body says, as JSON that every program would read alike.

    Errors: Refused, 400.
    """
    try:
        # Some one-stop software begins its files with a byte order mark.
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise form_refused(
            Fault(f"the body is not UTF-8 at byte {error.start}, expected UTF-8 throughout")
        ) from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        message = f"the body is no JSON: {error.msg} at line {error.lineno} column {error.colno}"
        raise form_refused(Fault(message)) from None
    except _NoJson as error:
        raise form_refused(Fault(str(error))) from None
    except ValueError:  # the language's own guard against numbers of thousands of digits
        raise form_refused(Fault("a number has too many digits")) from None
    except RecursionError:
        raise form_refused(Fault("the body is nested too deeply")) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    names = "".join(found)
    if not names.isascii() or not names.isprintable():
        for name in found:
            if ODD.search(name):
                raise _NoJson("a field's name has a control character or a lone surrogate")
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise _NoJson(f"the field {name[:60]!r} stands twice in one object; send it once")
        seen.add(name)
    return found


def _constant(name: str) -> Any:
    raise _NoJson(f"{name} is no JSON number")


def _items(parsed: Any) -> Sequence[Any]:
    if not isinstance(parsed, dict):
        raise form_refused(
            Fault(f'the body is {came(parsed)}, expected an object: {{"dossiers": […]}}')
        )
    if "dossiers" not in parsed:
        raise form_refused(Fault("is missing, expected a list of dossiers", field="dossiers"))
    items = parsed["dossiers"]
    if not isinstance(items, list):
        raise form_refused(
            Fault(f"came {came(items)}, expected a list of dossiers", field="dossiers")
        )
    return items


def _faults(index: int, error: ValidationError) -> Iterator[Fault]:
    for one in error.errors(include_url=False):
        place = [str(part) for part in one["loc"]]
        field = ".".join(place)
        if one["type"] == "ours":
            yield Fault(one["msg"], index, field)
            continue
        expected = "an object, one dossier"
        if place:
            general = ".".join(part for part in place if not part.isdecimal())
            expected = EXPECTED.get(field) or EXPECTED.get(general) or "a date-time"
            if place[0] == "needed" and len(place) > 1:
                expected = "a text"
        what = "is missing" if one["type"] == "missing" else _came(field, one)
        yield Fault(f"{what}, expected {expected}", index, field or None)


def _came(field: str, error: Any) -> str:
    if error["type"] == "string_unicode":
        return "came a text with a lone surrogate"
    return f"came {came(error['input'], show=field == 'status')}"
