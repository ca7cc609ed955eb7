"""The house that soaks: the chaos house with a short code, staff, and folders that are counted."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import psutil
from sqlalchemy import select

from bot.core.staff import Role
from bot.slip_link import slip_key
from bot.staff import Added, NewAccount, add_account
from bot.store.watch_tables import worker_sign
from receipts.qr import slip_address
from tests.chaos.house import ChaosHouse, phone_of
from tests.rig.child import Child

PASSWORD = "bốn mùa hoa phượng nở"
STAFF = {
    "quay": frozenset({Role.CLERK, Role.SUPERVISOR}),
    "viet": frozenset({Role.ANNOUNCER}),
    "duyet": frozenset({Role.APPROVER}),
}


class SoakHouse(ChaosHouse):
    """Two web servers and two workers, whose temporary files lie in one folder."""

    kind = Child  # what is loaded at the start belongs to the memory that is looked at

    def _environ(self, database_url: str, redis_url: str) -> dict[str, str]:
        (self.folder / "tmp").mkdir()
        return {
            **super()._environ(database_url, redis_url),
            "TMPDIR": str(self.folder / "tmp"),
            "PUBLIC_URL": self.web,
            "SMS_SHORT_CODE": "8083",
            "SMS_MO_CPURL_IPS": "127.0.0.1",
            "SECOND_FACTOR": "optional",
        }

    def open(self) -> None:
        """Start everything but the load."""
        super().open()
        for login, roles in STAFF.items():
            new = NewAccount(login, roles, None, "")
            added = add_account(self.runtime, None, new, PASSWORD)
            assert isinstance(added, Added), added

    def follow(self, dossiers: int) -> None:
        """As there, once the workers have heard of everyone: both would write a follower down."""
        for number in range(0, dossiers, 3):
            self.control("person", user=f"c{number}", phone=phone_of(number),
                         has_zalo=number % 2 == 0)  # fmt: skip
            self.control("follow", user=f"c{number}", following=True)
        self.wait_until_settled()
        super().follow(dossiers)

    def slip(self, code: str) -> str:
        """The address that the QR of a dossier's slip holds."""
        return slip_address(self.web, slip_key(self.runtime.settings), code)

    def named_processes(self) -> Iterator[tuple[str, psutil.Process]]:
        """Each process of the product by what it does; the sandbox is none of it."""
        with self.runtime.engine.connect() as connection:
            signs = connection.scalars(select(worker_sign.c.worker)).all()
        lanes = {int(sign.rsplit(":", 2)[1]): sign.rsplit(":", 2)[2] for sign in signs}
        for number, web in enumerate(self.webs, start=1):
            for place, one in enumerate(sorted(web.processes(), key=_born)):
                yield f"web {number} {f'process {place}' if place else 'parent'}", one
        for number, worker in enumerate(self.workers, start=1):
            whole = psutil.Process(worker.pid)
            same: Counter[str] = Counter()
            for one in [whole, *sorted(whole.children(recursive=True), key=_born)]:
                part = _part(one, worker.pid, lanes)
                same[part] += 1
                again = f" {same[part]}" if same[part] > 1 else ""
                yield f"worker {number} {part}{again}", one


def _born(process: psutil.Process) -> Any:
    return process.create_time()


def _part(process: psutil.Process, parent: int, lanes: dict[int, str]) -> str:
    if process.pid == parent:
        return "parent"
    if process.pid in lanes:
        return lanes[process.pid]
    return "photo reader" if "receipts.photo" in process.cmdline() else "other"
