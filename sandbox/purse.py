"""What messages outside the free window cost: package quota first, then money (manual 3.6)."""

from datetime import datetime, timedelta
from typing import Any

PACKAGE = 500  # consultation messages a month outside 48 h, package Growth
PRICE = 55  # VND for each one beyond the package


class Purse:
    """The OA's package quota of this month and its wallet."""

    def __init__(self) -> None:
        self.sub_quota = PACKAGE
        self.wallet = 1_000_000

    def free(self, kind: str, oa_id: str, today: datetime) -> dict[str, Any]:
        """The quota object of a free message, `reply` or `welcome_msg`."""
        return _quota(kind, 1, 1, oa_id, today)

    def pay(self, oa_id: str, today: datetime) -> dict[str, Any] | None:
        """Take one message from the package, else 55 VND, and then without a quota object.

        Errors: LookupError when both are empty.
        """
        if self.sub_quota > 0:
            self.sub_quota -= 1
            return _quota("sub_quota", self.sub_quota, PACKAGE, oa_id, today)
        if self.wallet < PRICE:
            raise LookupError("wallet")
        self.wallet -= PRICE
        return None


def _quota(kind: str, remain: int, total: int, oa_id: str, today: datetime) -> dict[str, Any]:
    month_end = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return {
        "quota_type": kind,
        "remain": remain,
        "total": total,
        "expired_date": f"{month_end:%d/%m/%Y}",
        "owner_type": "OA",
        "owner_id": oa_id,
    }
