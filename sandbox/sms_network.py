"""Carries an SMS that a gateway took: to the phone it is for, and its fate back in a report."""

from sandbox.messages import new_msg_id
from sandbox.people import Person
from sandbox.settings import SmsAccounts
from sandbox.sms_faults import sms_fault
from sandbox.sms_gateway import Fate, Gateway, Sms
from sandbox.sms_reports import SmsReports
from sandbox.world import World

VALID_FOR = 24 * 3600  # seconds the network keeps an SMS for a phone that is switched off


class SmsNetwork:
    """The mobile networks behind the gateways."""

    def __init__(self, world: World, reports: SmsReports) -> None:
        self._world, self._reports = world, reports
        self._accounts: SmsAccounts = world.settings.sms

    def take(self, gateway: Gateway, sms: Sms) -> None:
        """Send one SMS now, or at the moment its order names."""
        due, now = sms.order.send_at, self._world.clock.now()
        if due is None or due <= now:
            self._carry(gateway, sms)
        else:
            self._world.clock.call_at(due, lambda: self._carry(gateway, sms))

    def _carry(self, gateway: Gateway, sms: Sms) -> None:
        faults, person = self._world.faults, self._world.people.by_phone(sms.order.phone)
        failing = sms_fault(gateway.name, "receipt_failed")
        if faults.take(sms_fault(gateway.name, "unreachable")):
            self._keep_trying(gateway, sms)
        elif sms.dropped or person is None or faults.take(failing):
            self._settle(gateway, sms, Fate.FAILED)
        else:
            self._deliver(gateway, sms, person)

    def _keep_trying(self, gateway: Gateway, sms: Sms) -> None:
        self._report(gateway, sms, Fate.WAITING)
        tried = float(self._world.faults.setting(sms_fault(gateway.name, "unreachable")))
        self._world.clock.call_after(tried, lambda: self._settle(gateway, sms, Fate.FAILED))

    def _deliver(self, gateway: Gateway, sms: Sms, person: Person) -> None:
        if person.away:
            self._report(gateway, sms, Fate.WAITING)
            expire = lambda: self._settle(gateway, sms, Fate.FAILED)  # noqa: E731
            self._world.clock.call_after(VALID_FOR, expire)
        self._world.when_back(person, lambda: self._arrive(gateway, sms, person))

    def _arrive(self, gateway: Gateway, sms: Sms, person: Person) -> None:
        if sms.settled:  # it waited too long
            return
        bubble = self._world.messages.add(
            user=person.uid,
            alias=person.alias,
            sender="brandname",
            kind="text",
            text=sms.order.text,
            msg_id=new_msg_id(),
            moment=self._world.clock.now(),
            channel="sms",
            brandname=sms.order.brandname,
            parts=sms.parts,
        )
        self._world.show(bubble)
        self._settle(gateway, sms, Fate.DELIVERED)

    def _settle(self, gateway: Gateway, sms: Sms, fate: Fate) -> None:
        if not sms.settled:
            sms.settled = True
            self._report(gateway, sms, fate)

    def _report(self, gateway: Gateway, sms: Sms, fate: Fate) -> None:
        faults = self._world.faults
        if faults.take(sms_fault(gateway.name, "receipt_lost")):
            return
        wait = self._accounts.receipt_seconds
        late = sms_fault(gateway.name, "receipt_late")
        if faults.take(late):
            wait += float(faults.setting(late))
        report = gateway.report(self._accounts, sms, fate)
        self._world.clock.call_after(wait, lambda: self._reports.send(report))
        if faults.take(sms_fault(gateway.name, "receipt_twice")):
            self._world.clock.call_after(wait, lambda: self._reports.send(report))
