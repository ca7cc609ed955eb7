"""What benchmarks of notices are set by: templates, hours, and where the carrier is."""

import json

TEMPLATES = {
    event: {
        "id": str(412230 + place),
        "params": {
            "ma_ho_so": "{code}",
            "co_quan": "{agency}",
            "ngay_hen": "{due_date}",
            "trang_thai": "{status}",
        },
    }
    for place, event in enumerate(("received", "step", "supplement", "result", "apology"))
}


def notice_environ(carrier: str) -> dict[str, str]:
    """Settings by name; notices go at any hour, so that benchmarks run at any."""
    return {
        "ZALO_OPENAPI_URL": carrier,
        "ZALO_BUSINESS_URL": carrier,
        "ZALO_TEMPLATES": json.dumps(TEMPLATES),
        "NOTICE_HOURS": "00:00-23:59:59.999999",
    }
