"""The words of a yearly notice, as pasted: which days it makes days off, and which are worked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.core.calendar_reading import MOST_WHY, WEEKDAYS, Reading, Told, Unread, said
from bot.core.calendar_tokens import (
    BESIDE,
    DANGLING,
    EMPTY_REMARK,
    ISSUED,
    LATE,
    LUNAR,
    NUMBER,
    OCCASIONS,
    TOKEN,
    WEEKDAY,
    Mention,
    mention_of,
)
from receipts.clean import CAP, clean, fold

MOST_SPAN = 31  # days from the first to the last of one holiday


class _Unclear(Exception):
    """Why a line tells of no day; `dated` when it names one all the same."""

    def __init__(self, words: str, dated: bool = True) -> None:
        super().__init__(words)
        self.dated = dated


def read_words(text: str, year: int) -> Reading:
    """Read a notice line by line; days without a year are of `year`.

    Shape: a line that was broken in the middle of its sentence, as papers are, goes on in the next.
           One that names a day, and does not say what the day is, is named in `unread`, and so is
           each that names none; nothing is guessed.
    """
    told: list[Told] = []
    unread: list[Unread] = []
    remarks: list[str] = []
    number, issued = "", None
    for place, typed in _sentences(text):
        line, found, day = _without_number(clean(typed))
        if found and not number:
            number, issued = found, day
        try:
            if len(typed) > CAP:
                raise _Unclear(f"dài quá {CAP} ký tự; xuống dòng sau mỗi dịp nghỉ")
            sentence = _Sentence(place, fold(line), year)
            told += sentence.told()
            remarks += sentence.remarks
        except _Unclear as fault:
            if not found:
                words = typed[:MOST_WHY]
                unread.append(Unread(place, words, str(fault), fault.dated))
    return Reading(tuple(told), tuple(unread), tuple(remarks), number=number, issued=issued)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Lines that say something, each with its number and with those that go on with it."""
    begun, kept = 0, ""
    for place, typed in enumerate(text.splitlines(), start=1):
        line = " ".join(typed.split())
        if not line:
            continue
        if kept and DANGLING.search(fold(clean(kept[-CAP:]))) and len(kept) + len(line) < CAP:
            kept = f"{kept} {line}"
            continue
        if kept:
            yield begun, kept
        begun, kept = place, line
    if kept:
        yield begun, kept


def _without_number(line: str) -> tuple[str, str, date | None]:
    """The line without the notice's own number and date; these two."""
    match = NUMBER.search(line)
    if match is None:
        return line, "", None
    rest = line[match.end() :]
    dated = ISSUED.match(fold(rest))
    issued = _one_date(dated[1], 0) if dated else None
    kept = rest[dated.end() :] if dated else rest
    return f"{line[: match.start()]} {kept}", match[1], issued


def _one_date(folded: str, year: int) -> date | None:
    """A date as "14/02/2026", "14/2", "14 thang 2 nam 2026" or "14-02-2026"."""
    numbers = [int(number) for number in re.findall(r"\d+", folded)]
    day, month, in_year = (*numbers, year)[:3]
    try:
        return date(in_year, month, day)
    except ValueError:
        return None


@dataclass(slots=True)
class _Sentence:
    """One line, folded, on its way from words to days."""

    place: int
    folded: str
    year: int
    remarks: list[str] = field(default_factory=list)
    _off: list[Told] = field(default_factory=list)
    _worked: list[Told] = field(default_factory=list)

    def told(self) -> list[Told]:
        """The days that the line tells of.

        Errors: _Unclear with the words for what is missing.
        """
        plain = EMPTY_REMARK.sub(" ", LUNAR.sub(" ", self.folded)).rstrip(" .;")
        plain = LATE.sub(r"\2 \1 \3", plain)
        parts = list(self._parts(plain))
        if not any(isinstance(part, tuple) for part in parts):
            raise _Unclear("không nêu ngày nào", dated=False)
        self._walk(parts)
        if not self._off and not self._worked:
            raise _Unclear("có ngày nhưng không rõ là nghỉ hay làm bù")
        return self._paired()

    def _parts(self, plain: str) -> Iterator[str | tuple[date, ...]]:
        """Words that matter, and days with their month and year filled in from behind."""
        found = [(one.lastgroup or "", one) for one in TOKEN.finditer(plain)]
        mentions = [mention_of(kind, one[0]) for kind, one in found]
        month: int | None = None
        year: int | None = None
        filled: list[Mention | None] = []
        for mention in reversed(mentions):
            if mention is not None:
                month, year = mention.month or month, mention.year or year
                mention = Mention(mention.days, month, year, mention.words)
            filled.append(mention)
        for (kind, one), mention in zip(found, reversed(filled), strict=True):
            if mention is None:
                if kind != "weekday":
                    yield kind
                continue
            days = self._dates(mention)
            self._check_weekday(plain, found, one.start(), days)
            yield days

    def _dates(self, mention: Mention) -> tuple[date, ...]:
        year, month = mention.year or self.year, mention.month or 0
        try:
            return tuple(date(year, month, day) for day in mention.days)
        except ValueError:
            raise _Unclear(f"“{mention.words.strip()}” không có trong lịch") from None

    def _check_weekday(
        self,
        plain: str,
        found: Sequence[tuple[str, re.Match[str]]],
        start: int,
        days: Sequence[date],
    ) -> None:
        """Where a weekday stands right before a day, it has to be that day's."""
        before = [one for kind, one in found if kind == "weekday" and one.end() <= start]
        if not before or not BESIDE.match(plain[before[-1].end() : start]):
            return
        if WEEKDAY[before[-1][0]] != days[0].weekday():
            named = WEEKDAYS[WEEKDAY[before[-1][0]]]
            self.remarks.append(
                f"Dòng {self.place}: ghi {named} nhưng {days[0]:%d/%m/%Y} là "
                f"{WEEKDAYS[days[0].weekday()]}; xem lại ngày."
            )

    def _walk(self, parts: Sequence[str | tuple[date, ...]]) -> None:
        """Follow the words: what is off, what is worked, and for which day."""
        state = _State(off=self._occasion() is not None)
        for part in parts:
            if isinstance(part, str):
                state.hear(part)
                continue
            span = self._span(state, part)
            self._take(state, span or part, alone=span is None)
            state.after(part)

    def _span(self, state: "_State", days: Sequence[date]) -> list[date] | None:
        """All days from the one before to this one, when the words between said so."""
        if not state.until or state.last is None:
            return None
        length = (days[0] - state.last).days
        if not 0 < length <= MOST_SPAN:
            raise _Unclear(
                f"từ {state.last:%d/%m/%Y} đến {days[0]:%d/%m/%Y} không phải một đợt nghỉ"
            )
        return [state.last + timedelta(days=number) for number in range(length + 1)]

    def _take(self, state: "_State", days: Sequence[date], alone: bool) -> None:
        works = state.works
        if works is None and not alone:
            works = False
        if works is None:
            return
        if not alone:  # what was the first day's alone is the span's
            for taken in (self._off, self._worked):
                taken[:] = [one for one in taken if one.day != days[0]]
        for day in days:
            # In an exchange a weekend day is the one that is worked, whatever the word before it.
            worked = works or (state.swapped and alone and day.weekday() >= 5)
            told = Told(day, worked, "", self.place, alone, state.swapped)
            (self._worked if worked else self._off).append(told)

    def _occasion(self) -> str | None:
        return next((name for words, name in OCCASIONS if words in self.folded), None)

    def _paired(self) -> list[Told]:
        """The days with their reasons: the holiday's, or the day they are exchanged for."""
        swapped = [one for one in self._off if one.swapped]
        if self._worked and not swapped and len(self._off) == 1:
            swapped = [Told(self._off[0].day, False, "", self.place, True, swapped=True)]
            self._off = []
        given = ", ".join(f"{one.day:%d/%m/%Y}" for one in self._worked)
        taken = ", ".join(said(one.day) for one in swapped)
        holiday = self._occasion() or "Nghỉ theo thông báo"
        told = [
            Told(one.day, False, holiday, self.place, one.alone)
            for one in self._off
            if not one.swapped
        ]
        why = f"Nghỉ hoán đổi, làm bù {given}" if given else "Nghỉ hoán đổi"
        told += [Told(one.day, False, why, self.place, one.alone, True) for one in swapped]
        why = f"Làm bù cho {taken}" if taken else "Làm bù"
        return told + [
            Told(one.day, True, why, self.place, one.alone, True) for one in self._worked
        ]


@dataclass(slots=True)
class _State:
    """What the words up to here have said of the next day."""

    off: bool = False
    works: bool | None = None
    swapped: bool = False
    until: bool = False
    last: date | None = None
    exchanging: bool = False

    def __post_init__(self) -> None:
        if self.off:
            self.works = False

    def hear(self, word: str) -> None:
        """A word that says what the next days are."""
        self.until = word == "until" and self.last is not None
        if word == "swap":
            self.works, self.swapped, self.exchanging = False, True, True
        elif word == "work" or (word == "sang" and self.exchanging):
            self.works, self.swapped = True, True
        elif word == "off" or (word == "instead" and self.works):
            self.swapped = word == "instead" or self.exchanging
            self.works = False
        elif word == "plain" and not self.exchanging:
            self.works = None

    def after(self, days: Sequence[date]) -> None:
        """A day was heard; what comes next is another."""
        self.until, self.last = False, days[-1]
