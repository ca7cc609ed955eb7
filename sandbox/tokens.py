"""OAuth v4 for one OA: codes, access tokens and refresh tokens (manual 1)."""

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass
from typing import Any

CODE_LIFE = 600
ACCESS_LIFE = 90_000
REFRESH_LIFE = 90 * 86_400
REMEMBERED = 200  # unused refresh tokens kept alive at once; minting in a loop must not grow

BAD_GRANT = (-118, "invalid_grant")
REFRESH_INVALID = (-14014, "Invalid refresh token")
REFRESH_EXPIRED = (-14020, "Refresh token expired")


class GrantRefusedError(Exception):
    """The token endpoint says no: (code, name)."""

    def __init__(self, reason: tuple[int, str]) -> None:
        super().__init__(reason[1])
        self.code, self.name = reason


@dataclass(slots=True)
class Access:
    """The access token that is good now."""

    token: str
    issued_at: float
    revoked: bool = False


class Tokens:
    """Issues and checks tokens; a new access token kills the one before it."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[float, str]] = {}
        self._access: Access | None = None
        self._refresh: dict[str, float] = {}

    def new_code(self, challenge: str, now: float) -> str:
        """A single-use authorization code, bound to the PKCE challenge if one was given."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = (now, challenge)
        return code

    def exchange(self, code: str, verifier: str, now: float) -> dict[str, str]:
        """Turn a code into a pair of tokens.

        Errors: GrantRefusedError for a code unknown, used or over 10 minutes old, or a wrong PKCE.
        """
        issued_at, challenge = self._codes.pop(code, (0.0, ""))
        if now - issued_at > CODE_LIFE:
            raise GrantRefusedError(BAD_GRANT)
        if challenge and not secrets.compare_digest(challenge, challenge_of(verifier)):
            raise GrantRefusedError(BAD_GRANT)
        return self.mint(now)

    def refresh(self, token: str, now: float) -> dict[str, str]:
        """Turn a refresh token into a new pair and kill it.

        Errors: GrantRefusedError -14014 for an unknown or used token, -14020 for one too old.
        """
        issued_at = self._refresh.pop(token, None)
        if issued_at is None:
            raise GrantRefusedError(REFRESH_INVALID)
        if now - issued_at > REFRESH_LIFE:
            raise GrantRefusedError(REFRESH_EXPIRED)
        return self.mint(now)

    def mint(self, now: float) -> dict[str, str]:
        """Issue a fresh pair, as the token endpoint and API Explorer do."""
        self._access = Access(secrets.token_urlsafe(48), now)
        renewal = secrets.token_urlsafe(48)
        self._refresh[renewal] = now
        while len(self._refresh) > REMEMBERED:
            self._refresh.pop(next(iter(self._refresh)))
        pair = {"access_token": self._access.token, "refresh_token": renewal}
        return pair | {"expires_in": str(ACCESS_LIFE)}

    def refusal(self, token: str, now: float) -> int:
        """What is wrong with an access token: 0 good, -216 not valid (any more), -220 expired."""
        current = self._access
        if current is None or current.revoked:
            return -216
        if not secrets.compare_digest(token.encode(), current.token.encode()):
            return -216
        return -220 if now - current.issued_at >= ACCESS_LIFE else 0

    def revoke(self) -> None:
        """Kill the present access token; the refresh token stays good."""
        if self._access:
            self._access.revoked = True

    def forget_grant(self) -> None:
        """Kill everything, as when the OA's admin withdraws the app's permission."""
        self.revoke()
        self._refresh.clear()
        self._codes.clear()

    def times(self, now: float) -> dict[str, Any]:
        """Ages for the page; never a token."""
        current = self._access
        if current is None:
            return {"issued_at": None, "expires_at": None, "alive": False}
        ends = current.issued_at + ACCESS_LIFE
        alive = not current.revoked and now < ends
        return {"issued_at": current.issued_at, "expires_at": ends, "alive": alive}

    def saved(self) -> dict[str, Any]:
        """All tokens, as kept across restarts."""
        access = asdict(self._access) if self._access else None
        return {"access": access, "refresh": dict(self._refresh)}

    def restore(self, kept: dict[str, Any]) -> None:
        """Take back what was kept."""
        access = kept.get("access")
        self._access = Access(**access) if access else None
        self._refresh = {str(key): float(value) for key, value in kept.get("refresh", {}).items()}


def challenge_of(verifier: str) -> str:
    """The S256 challenge: base64url without padding of the raw SHA-256 (manual 1.2)."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
