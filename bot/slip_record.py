"""A stored dossier as the records that slips are printed from, with the link that its QR holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.agency import Agency
from bot.core.counter_facts import Hop, IntakeFacts, read_facts
from bot.core.counter_moves import MoveKind
from bot.core.counter_procedure import ProcedureRule
from bot.core.dossier import Status
from bot.core.phone import Phone
from bot.core.snapshot import FeedDossier
from bot.dossier_record import stored_dossier
from bot.runtime import Runtime
from bot.slip_link import slip_key
from bot.store.slip_sources import SlipSource
from receipts.barcode import Symbology
from receipts.qr import slip_address
from receipts.slip import records
from receipts.slip.guide import Guide
from receipts.slip.poster import SAMPLE, Poster

# Where a move of the dossier has a slip of its own.
SLIP_OF = frozenset(
    {MoveKind.SUPPLEMENT, MoveKind.REFUSE, MoveKind.NEW_DAY, MoveKind.STOP, MoveKind.WITHDRAW}
)


@dataclass(frozen=True, slots=True, repr=False)
class Filed:
    """What is known of a dossier for its papers.

    Shape: `facts` None when software feeds it: then most lines are dots for the pen. `agency` is
           the one that serves it now, whose desk its citizen goes to. `clerk` is the name of who
           took it in.
    """

    told: FeedDossier
    facts: IntakeFacts | None
    agency: Agency
    clerk: str | None


def filed(runtime: Runtime, source: SlipSource, agency: Agency) -> Filed:
    """A dossier's stored facts, opened. Errors: vault.Unreadable."""
    vault = runtime.vault
    facts = read_facts(vault.open_text(source.facts)) if source.facts else None
    clerk = vault.open_text(source.clerk) if source.clerk else source.login
    return Filed(stored_dossier(vault, source.row), facts, agency, clerk)


class Press:
    """Makes records for the printer by one province's settings: its address, key and lookups."""

    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        self._settings = settings
        self._texts = runtime.texts
        self._key = slip_key(settings)
        self._symbology = Symbology(settings.slip_barcode)

    def receipt(self, dossier: Filed) -> records.Slip:
        """Giấy tiếp nhận hồ sơ và hẹn trả kết quả, as it was on the day of receipt."""
        told, facts = dossier.told, dossier.facts
        received = told.times.received_at or told.changed_at
        office = self.office(dossier.agency)
        return records.Slip(
            office=office,
            code=told.code,
            issued_at=received,
            submitter=_submitter(dossier),
            procedure=told.procedure.name,
            link=self.link(told.code),
            owner=_owner(facts),
            channel=records.Channel(facts.channel) if facts else None,
            papers=_papers(facts),
            sets=facts.sets if facts else None,
            duration=(facts.duration or None) if facts else None,
            received_at=received,
            due_at=told.times.due_at,
            collect_at=self._collect_at(dossier, office),
            fees=facts.fees if facts else None,
            clerk=dossier.clerk,
        )

    def of_hop(self, dossier: Filed, hop: Hop) -> records.Record | None:
        """The slip of one move; None when a move of its kind has none."""
        if hop.kind is MoveKind.SUPPLEMENT:
            return self._supplement(dossier, hop.at, hop.items, hop.reason, hop.by_name)
        if hop.kind is MoveKind.REFUSE:
            return self._refusal(dossier, hop)
        if hop.kind is MoveKind.NEW_DAY:
            return self._apology(dossier, hop)
        if hop.kind in (MoveKind.STOP, MoveKind.WITHDRAW):
            return self._stop(dossier, hop)
        return None

    def fed_supplement(self, dossier: Filed) -> records.Supplement | None:
        """Phiếu yêu cầu bổ sung of a dossier that software feeds; None when none is asked for."""
        told = dossier.told
        if dossier.facts is not None or told.status != Status.SUPPLEMENT:
            return None
        return self._supplement(dossier, told.changed_at, told.needed, None, None)

    def control(self, dossier: Filed, now: datetime) -> records.Control:
        """Phiếu kiểm soát quá trình giải quyết hồ sơ; hops that lie ahead are blank rows."""
        told = dossier.told
        office = self.office(dossier.agency)
        hops = dossier.facts.hops if dossier.facts else ()
        return records.Control(
            office=office,
            code=told.code,
            issued_at=now,
            submitter=_submitter(dossier),
            procedure=told.procedure.name,
            link=self.link(told.code),
            received_at=told.times.received_at,
            due_at=told.times.due_at,
            handler=told.handler or dossier.agency.name,
            hops=_hops(office, hops),
        )

    def link(self, code: str) -> str:
        """What the QR holds. Errors: ValueError when PUBLIC_URL cannot stand in a QR."""
        return slip_address(self._settings.public_url, self._key, code)

    def office(self, agency: Agency) -> records.Office:
        """The agency as the head of a slip has it."""
        desk = {"desk": agency.desk_name} if agency.desk_name else {}
        return records.Office(
            name=agency.name,
            place=agency.place,
            lookup=self._lookup(),
            symbology=self._symbology,
            **desk,
        )

    def guide(self, agency: Agency, rule: ProcedureRule) -> Guide:
        """What to bring for a procedure to the desk of this agency."""
        return Guide(
            office=self.office(agency),
            procedure=rule.name,
            code=rule.code,
            papers=tuple(
                records.Paper(one.name, one.originals, one.certified, one.copies)
                for one in rule.papers
            ),
            duration=rule.duration or None,
            fees=rule.fees,
            text=rule.guide,
            address=agency.address,
            open_hours=agency.open_hours,
            hotline=agency.hotline,
        )

    def poster(self, agency: Agency, sample: str | None) -> Poster:
        """The poster for the agency's counter; `sample` is a code as its slips have them."""
        settings = self._settings
        return Poster(
            agency=agency.name,
            oa_id=settings.zalo_oa_id,
            keyword=settings.sms_keyword.upper(),
            short_code=settings.sms_short_code or None,
            hotline=agency.hotline,
            sample=sample or SAMPLE,
        )

    def _lookup(self) -> str | None:
        """Where a citizen can ask; None where the province has opened no way."""
        settings = self._settings
        zalo, sms = bool(settings.zalo_oa_id), settings.sms_short_code
        keyword = settings.sms_keyword.upper()
        if sms:
            key = "paper.lookup_both" if zalo else "paper.lookup_sms"
            return self._texts.render(key, keyword=keyword, short_code=sms)
        return self._texts.render("paper.lookup_zalo") if zalo else None

    def _collect_at(self, dossier: Filed, office: records.Office) -> str | None:
        facts = dossier.facts
        if facts and facts.collect_at:
            return facts.collect_at
        if dossier.told.notify.post:
            return self._texts.render("paper.collect_by_post")
        return f"{office.desk}, {office.name}" if facts else None

    def _supplement(
        self,
        dossier: Filed,
        at: datetime,
        items: Sequence[str],
        reason: str | None,
        clerk: str | None,
    ) -> records.Supplement:
        office = self.office(dossier.agency)
        return records.Supplement(
            office=office,
            code=dossier.told.code,
            issued_at=at,
            submitter=_submitter(dossier),
            procedure=dossier.told.procedure.name,
            link=self.link(dossier.told.code),
            items=tuple(items),
            reason=reason,
            contact=clerk or office.desk,
            contact_phone=dossier.agency.hotline,
            clerk=clerk,
        )

    def _refusal(self, dossier: Filed, hop: Hop) -> records.Refusal:
        told, facts = dossier.told, dossier.facts
        return records.Refusal(
            office=self.office(dossier.agency),
            issued_at=hop.at,
            submitter=_submitter(dossier),
            procedure=told.procedure.name,
            code=told.code,
            link=self.link(told.code),
            channel=records.Channel(facts.channel) if facts else None,
            submitted_at=told.times.received_at,
            reason=hop.reason,
            clerk=hop.by_name,
        )

    def _apology(self, dossier: Filed, hop: Hop) -> records.Apology:
        told = dossier.told
        return records.Apology(
            office=self.office(dossier.agency),
            code=told.code,
            issued_at=hop.at,
            submitter=_submitter(dossier),
            procedure=told.procedure.name,
            link=self.link(told.code),
            received_at=told.times.received_at,
            due_at=hop.due_before,
            new_due_at=hop.due_after,
            reason=hop.reason,
        )

    def _stop(self, dossier: Filed, hop: Hop) -> records.Stop:
        told = dossier.told
        return records.Stop(
            office=self.office(dossier.agency),
            code=told.code,
            issued_at=hop.at,
            submitter=_submitter(dossier),
            procedure=told.procedure.name,
            link=self.link(told.code),
            received_at=told.times.received_at,
            requested_at=hop.at,
            stopped_at=hop.at,
            reason=hop.reason,
        )


def _submitter(dossier: Filed) -> records.Person:
    """Who handed it in; of a fed dossier only its owner and the phone are known."""
    facts, told = dossier.facts, dossier.told
    if facts is None:
        phone = Phone(told.phone).shown if told.phone else None
        return records.Person(told.owner_name or "", phone=phone)
    one = facts.submitter
    return records.Person(one.name, one.address, one.phone, one.email)


def _owner(facts: IntakeFacts | None) -> records.Person | None:
    owner = facts.owner if facts else None
    return records.Person(owner.name, owner.address) if owner else None


def _papers(facts: IntakeFacts | None) -> tuple[records.Paper, ...]:
    papers = facts.papers if facts else ()
    return tuple(
        records.Paper(one.name, one.originals, one.certified, one.copies) for one in papers
    )


def _hops(office: records.Office, hops: Sequence[Hop]) -> tuple[records.Hop, ...]:
    """From desk to desk: whoever had it last gives it to the next."""
    found = []
    giver = office.desk
    for hop in hops:
        taker = hop.handler or hop.step
        found.append(
            records.Hop(
                giver=giver, taker=taker, at=hop.at, giver_name=hop.by_name, note=hop.reason
            )
        )
        giver = taker
    return tuple(found)
