"""Who works at the console: roles, an account, and who acts at this moment."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; several may be held at once.

    Source: issue "Receipts and the counter", 6 (Accounts).
    """

    CLERK = "clerk"  # the counter: intake, slips, talks handed over
    ANNOUNCER = "announcer"  # writes announcements
    APPROVER = "approver"  # approves what another wrote
    SUPERVISOR = "supervisor"  # sees everything of the agencies below, changes nothing
    ADMINISTRATOR = "administrator"  # accounts, procedures, agencies


@dataclass(frozen=True, slots=True)
class Account:
    """A console account; no agency means every agency."""

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    agency_code: str | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from where, and for which agencies: the account's own and all below it."""

    account: Account
    address: str
    agencies: frozenset[str]

    def may(self, *roles: Role) -> bool:
        """Whether one of these roles is held."""
        return not self.account.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done, for the audit trail.

    Shape: `action` is dotted ("intake.saved"); `about` names a kind of row and `about_key` which
           one; `detail` holds no name, phone or text of a citizen.
    """

    action: str
    agency_code: str | None = None
    about: str | None = None
    about_key: str | None = None
    detail: dict[str, str | int | bool | None] | None = None
