"""Papers and results in a record of the national exchange: an odd row is named, never refused."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from bot.core.document import (
    MOST_CODE,
    MOST_LINK,
    MOST_NAME,
    MOST_SCOPE,
    MOST_SUMMARY,
    Document,
    Kind,
    ToldDocuments,
    holds_identifier,
)
from bot.core.national_form import ZONE, NationalDossier, one_line
from receipts.clean import fold

PAPERS, RESULTS = "TaiLieuNop", "DanhSachGiayToKetQua"
LISTS: Mapping[str, Kind] = {PAPERS: Kind.PAPER, RESULTS: Kind.RESULT}
MOST_ROWS = 200  # of one list
MOST_ODD = 20
ODD_ROW = "document.row"  # before ":", the list, the row (from 1) or none, the field or none, why
CCCD = "1"  # "LoaiDinhDanh"

_YES = frozenset({"1", "true", "co", "yes", "y"})
_NO = frozenset({"0", "false", "khong", "no", "n"})
_ENDLESS = ("vinh vien", "khong thoi han", "vo thoi han")
_DAYS = (
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?P<time>[0-9]{6})?"),
    re.compile(
        r"(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})"
        r"(?: (?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?"
    ),
    re.compile(
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
        r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?"
    ),
)
# An owner's number and the kind's code, which are written in either order and with anything between
# them. Source: domain-facts 8.1 ("Mã số giấy tờ", "separator in print not seen").
_OWNER, _BETWEEN = "(?:[0-9]{10}-[0-9]{3}|[0-9]{9,13})", r"[._/\- ]"
_NUMBERS = (
    re.compile(rf"(?P<owner>{_OWNER}){_BETWEEN}+(?P<type>[^._/\- ].*)"),
    re.compile(r"(?P<owner>[A-Z][0-9]{7,8})(?:\.|[_/\- ]+(?=[A-Za-z]))(?P<type>\S.*)"),
    re.compile(rf"(?P<owner>{_OWNER})(?P<type>[A-Za-z].*)"),
    re.compile(rf"(?P<type>.*[^._/\- ]){_BETWEEN}+(?P<owner>{_OWNER})"),
    re.compile(rf"(?P<type>.*[A-Za-z])(?P<owner>{_OWNER})"),
)
_BLANK_IN_NUMBER = re.compile("(?<=[0-9]) (?=[0-9])")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row; what of it cannot be read is noted in `odd`."""

    told: Mapping[str, Any]
    place: str
    odd: list[str]

    def text(self, *names: str, most: int = MOST_NAME) -> str | None:
        """The first of these fields that says something, cut to what is kept."""
        for name in names:
            found = self._plain(name)
            if found:
                return found if len(found) <= most else f"{found[: most - 1].rstrip()}…"
        return None

    def whole(self, *names: str, most: int) -> str | None:
        """The same of what means nothing once it is cut."""
        for name in names:
            found = self._plain(name)
            if found and len(found) > most:
                self.note(name, "long")
            elif found:
                return found
        return None

    def flag(self, name: str) -> bool | None:
        """Yes or no; None where the row does not say."""
        value = self.told.get(name)
        if isinstance(value, bool):
            return value
        said = fold(self._plain(name) or "").lower()
        if said in _YES:
            return True
        if said and said not in _NO:
            self.note(name, "value")
        return False if said else None

    def day(self, *names: str) -> date | None:
        """A day in any of the forms that are sent, with or without a time."""
        moment = self.moment(*names)
        return moment.astimezone(ZONE).date() if moment else None

    def moment(self, *names: str) -> datetime | None:
        """A moment in the time of Vietnam; a day alone is its first."""
        for name in names:
            said = self._plain(name)
            if said and (found := _read_moment(said)):
                return found
            if said:
                self.note(name, "date")
        return None

    def note(self, name: str, why: str) -> None:
        """Say that a field was not taken."""
        self.odd.append(f"{self.place}:{name}:{why}")

    def _plain(self, name: str) -> str | None:
        value = self.told.get(name)
        if value is None:
            return None
        if isinstance(value, int):
            value = str(value)
        if not isinstance(value, str):
            self.note(name, "value")
            return None
        return one_line(value) or None


@dataclass(slots=True)
class _Owner:
    """Whose dossier it is, as the record tells it."""

    record: Mapping[str, Any]
    name: str | None
    _asked: bool = field(init=False, default=False)
    _identifier: str | None = field(init=False, default=None)

    def identifier(self) -> str | None:
        """The owner's number: of several the personal one; read when first asked for."""
        if not self._asked:
            self._asked, self._identifier = True, self._read()
        return self._identifier

    def _read(self) -> str | None:
        listed = self.record.get("DinhDanhCHS")
        rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        rows.sort(key=lambda one: str(one.get("LoaiDinhDanh")) != CCCD)
        rows.append({"SoDinhDanh": self.record.get("SoGiayToChuHoSo")})
        said = (_Row(one, "", []).whole("SoDinhDanh", most=MOST_CODE) for one in rows)
        return next((one for one in said if one), None)


def with_documents(read: NationalDossier, record: Mapping[str, Any]) -> NationalDossier:
    """The same with what the record tells of papers and results, None when it has no such list.

    The owner's identifier is read only where a document needs it.
    Source: domain-facts 3.4, 8.1.
    """
    given = [name for name in LISTS if record.get(name) is not None]
    if not given:
        return read
    odd: list[str] = []
    owner = _Owner(record, read.owner_name)
    found = [document for name in given for document in _listed(record[name], name, owner, odd)]
    once = {(one.kind, one.source_ref): one for one in found}  # of a row told twice the last
    told = ToldDocuments(tuple(once.values()), whole=False)
    return replace(read, documents=told, odd_rows=tuple(dict.fromkeys(odd))[:MOST_ODD])


def _listed(rows: Any, name: str, owner: _Owner, odd: list[str]) -> Iterator[Document]:
    if not isinstance(rows, list):
        odd.append(f"{ODD_ROW}:{name}:::list")
        return
    if len(rows) > MOST_ROWS:
        odd.append(f"{ODD_ROW}:{name}:::many")
    for place, told in enumerate(rows[:MOST_ROWS]):
        row = _Row(told if isinstance(told, dict) else {}, f"{ODD_ROW}:{name}:{place + 1}", odd)
        document = _document(row, LISTS[name], owner)
        if document is None:
            odd.append(f"{row.place}::blank")
        else:
            yield document


def _document(row: _Row, kind: Kind, owner: _Owner) -> Document | None:
    """What a row tells; None when it says neither which document it is nor anything about it."""
    is_result = kind is Kind.RESULT
    first = ("MaGiayToKetQua", "MaGiayTo") if is_result else ("MaGiayTo",)
    called = (*first, "MaThanhPhanHoSo")
    code = row.whole(*called, most=MOST_CODE)
    name = row.text("Ten", "TenGiayTo", "TenTepDinhKem") or ""
    link = row.whole("DuongDanTepTinKetQua", "DuongDanTaiTepTin", most=MOST_LINK)
    own_ref = row.text("GiayToId" if is_result else "TepDinhKemId")
    ref = own_ref or "|".join(one for one in (code, name or link) if one)
    if not ref:
        return None
    if row.flag("IsDeleted"):
        return Document(kind, deleted=True, source_ref=f"{kind}:{ref}")
    numbered, type_code = _parts(code, row, called)
    document = Document(
        kind=kind,
        name=name,
        type_code=type_code,
        summary=row.text("TrichYeuNoiDung", most=MOST_SUMMARY),
        symbol=row.text("SoKyHieu"),
        issued_on=row.day("NgayBanHanh"),
        issuer=row.text("CoQuanBanHanh"),
        signer=row.text("NguoiKy"),
        scope=row.text("PhamViHieuLuc", most=MOST_SCOPE),
        link=link,
        national_store_id=row.text("MaGiayToKhoQuocGia"),
        digitised=bool(row.flag("DuocSoHoa")),
        reused=bool(row.flag("DuocTaiSuDung")),
        from_national_store=bool(row.flag("DuocLayTuKhoDMQG")),
        digitised_by=row.text("NguoiSoHoa"),
        digitised_at=row.moment("ThoiGianSoHoa"),
        replaces=row.text("MaKetQuaThayThe"),
        revoked_on=row.day("NgayThuHoi"),
        source_ref=f"{kind}:{ref}",
    )
    return _owned(_lasting(document, row), row, owner, numbered)


def _parts(code: str | None, row: _Row, called: Sequence[str]) -> tuple[str | None, str | None]:
    """Owner's number and kind of a code that may hold both; of a kind with a number in it neither.

    The kind is kept in clear, and nobody's number is.
    """
    if code is None:
        return None, None
    for typed in (code, _BLANK_IN_NUMBER.sub("", code)):
        for form in _NUMBERS:
            found = form.fullmatch(typed)
            if found and not holds_identifier(found["type"]):
                return found["owner"], found["type"]
    if not holds_identifier(code):
        return None, code
    row.note(next(name for name in called if row.whole(name, most=MOST_CODE) == code), "value")
    return None, None


def _lasting(document: Document, row: _Row) -> Document:
    """With the term it counts for; some write "vĩnh viễn" where the day would stand."""
    said = fold(row.text("ThoiHanHieuLuc") or "").lower()
    endless = any(words in said for words in _ENDLESS)
    return replace(
        document,
        valid_from=row.day("NgayHieuLuc"),
        valid_until=None if endless else row.day("ThoiHanHieuLuc"),
        valid_forever=endless or bool(row.flag("ThoiHanVinhVien")),
    )


def _owned(document: Document, row: _Row, owner: _Owner, numbered: str | None) -> Document:
    """With its owner: as the row says, else whose dossier it is."""
    named = row.text("ChuGiayTo")
    identifier = row.whole("MaDinhDanh", most=MOST_CODE) or numbered
    another = named and owner.name and fold(named).lower() != fold(owner.name).lower()
    if not identifier and not another:
        identifier = owner.identifier()
    name = named or (None if identifier else owner.name)
    return replace(document, owner_identifier=identifier, owner_name=name)


def _read_moment(said: str) -> datetime | None:
    parts = next((found for form in _DAYS if (found := form.fullmatch(said))), None)
    if parts is None or not "1900" <= parts["y"] <= "9998":
        return None
    time = (parts["time"] or "").replace(":", "").ljust(6, "0")
    digits = f"{parts['y']}{parts['m']:0>2}{parts['d']:0>2}{time}"
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=ZONE).astimezone(UTC)
    except ValueError:
        return None
