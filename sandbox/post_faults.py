"""The switches that make the postal service misbehave."""

from typing import Any

# name: (label on the page, description, default value; None = the switch takes no value)
POST_KNOBS: dict[str, tuple[str, str, Any]] = {
    "post_slow": ("Bưu điện: chậm", "post: answers take `value` milliseconds more", 500),
    "post_http_500": ("Bưu điện: HTTP 503", "post: HTTP 503, nothing happens", None),
    "post_rate": ("Bưu điện: quá tần suất", "post: HTTP 429, nothing happens", None),
    "post_cut_before": ("Bưu điện: đứt trước", "post: connection cut, nothing happens", None),
    "post_dead_token": ("Bưu điện: token chết", "post: switching on kills all tokens", None),
    "post_no_token": ("Bưu điện: không cấp token", "post: /token answers HTTP 401", None),
    "post_refuse": ("Bưu điện: từ chối", "post: orders are answered Status `value`", 210),
    "post_http_500_after": ("Bưu điện: 500 sau", "post: done, the answer is HTTP 500", None),
    "post_timeout_after": ("Bưu điện: treo sau", "post: done, no answer for `value` s", 15),
    "post_cut_after": ("Bưu điện: đứt sau", "post: done, the connection is cut", None),
    "post_rows_twice": ("Bưu điện: lặp", "post: tracking tells old rows and repeats", None),
    "post_rows_disordered": ("Bưu điện: đảo giờ", "post: times run backwards in a page", None),
    "post_rows_strange": ("Bưu điện: đơn lạ", "post: rows of orders nobody sent come too", None),
    "post_rows_bare": ("Bưu điện: bản cũ", "post: rows lack itemCode and statusTime", None),
}
