"""The switches that make the identity provider misbehave."""

from typing import Any

# name: (label on the page, description, default value; None = the switch takes no value)
OIDC_KNOBS: dict[str, tuple[str, str, Any]] = {
    "oidc_down": ("Định danh: ngừng", "identity: every answer is HTTP 503", None),
    "oidc_slow": ("Định danh: chậm", "identity: answers take `value` milliseconds more", 8000),
    "oidc_denied": ("Định danh: từ chối", "identity: back with access_denied", None),
    "oidc_wrong_state": ("Định danh: sai state", "identity: back with another state", None),
    "oidc_wrong_nonce": ("Định danh: sai nonce", "identity: tokens carry another nonce", None),
    "oidc_wrong_audience": ("Định danh: sai aud", "identity: tokens are for another client", None),
    "oidc_other_party": ("Định danh: sai azp", "identity: tokens name another party", None),
    "oidc_wrong_issuer": ("Định danh: sai iss", "identity: tokens name another issuer", None),
    "oidc_expired": ("Định danh: hết hạn", "identity: tokens ended `value` seconds ago", 300),
    "oidc_early": ("Định danh: tương lai", "identity: tokens begin in `value` seconds", 300),
    "oidc_alg_none": ("Định danh: không ký", "identity: tokens are not signed (none)", None),
    "oidc_alg_hs256": ("Định danh: HS256", "identity: signed with the client's secret", None),
    "oidc_foreign_key": ("Định danh: khóa lạ", "identity: signed by another key", None),
    "oidc_new_key": ("Định danh: đổi khóa", "identity: the next token is by a new key", None),
    "oidc_elsewhere": ("Định danh: địa chỉ lạ", "identity: keys lie on another host", None),
    "oidc_no_login": ("Định danh: thiếu tên", "identity: the login is in userinfo only", None),
}
