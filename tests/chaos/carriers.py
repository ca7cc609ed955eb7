"""How carriers misbehave: slow, refusing, silent, lying, repeating themselves."""

# Kind: the sandbox's switches and their values, for a moment each.
SLOW: tuple[tuple[str, float | None], ...] = (
    ("slow", 400),
    ("sms_esms_slow", 400),
    ("timeout_before", 2),
    ("timeout_after", 2),
    ("late_echo", 3),
    ("sms_esms_receipt_late", 20),
)
REFUSING: tuple[tuple[str, float | None], ...] = (
    ("send_failed", None),
    ("rate_limited", None),
    ("token_revoked", None),
    ("sms_esms_rate", None),
    ("sms_esms_receipt_failed", None),
)
SILENT: tuple[tuple[str, float | None], ...] = (
    ("no_echo", None),
    ("cut_after", None),
    ("http_500_after", None),
    ("oauth_500_after", None),
    ("zbs_no_receipt", None),
    ("sms_esms_cut_after", None),
    ("sms_esms_cut_before", None),
    ("sms_esms_http_500_after", None),
    ("sms_esms_receipt_lost", None),
)
LYING: tuple[tuple[str, float | None], ...] = (
    ("nonsense_before", 0),
    ("nonsense_before", 1),
    ("nonsense_after", 0),
    ("nonsense_after", 1),
    ("nonsense_after", 2),
    ("quota_missing", None),
    ("receipts_swapped", None),
    ("sms_esms_nonsense_after", 0),
    ("sms_esms_nonsense_after", 1),
)
REPEATING: tuple[tuple[str, float | None], ...] = (
    ("duplicate", None),
    ("reorder", None),
    ("sms_esms_receipt_twice", None),
)
KINDS = {
    "slow": SLOW,
    "refusing": REFUSING,
    "silent": SILENT,
    "lying": LYING,
    "repeating": REPEATING,
}
# All ways shut at once: what is owed waits.
NOBODY_ANSWERS: tuple[tuple[str, float | None], ...] = (
    ("timeout_before", 0.5),
    ("sms_esms_cut_before", None),
)
