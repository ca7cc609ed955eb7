"""`post` at the shell: order files out, item codes and their blocks in."""

from pathlib import Path

from tests.bot.notice_stage import CODE
from tests.bot.post_office import FIRST_ITEM, make_post_stage
from tests.doors.command import make_shell

BY_FILE = {"POST_SERVICE": "file", "POST_CUSTOMER_CODE": "KH01", "POST_PROVINCE": "Khánh Hòa"}


def test_a_days_file_goes_out_and_its_item_codes_come_back(tmp_path: Path) -> None:
    shell = make_shell(tmp_path, migrated=False)
    post = make_post_stage(shell.environ["DATABASE_URL"], post_service="file")
    post.feed(step="Xác minh")
    post.address()
    post.result()
    refused = shell.bot("post", "orders", "--day", "2026-11-25")
    assert (refused.code, "POST_SERVICE" in refused.err) == (2, True)
    wrong = shell.bot("post", "orders", "--day", "25/11", **BY_FILE)
    assert (wrong.code, "2026-11-27" in wrong.err) == (2, True)
    today = shell.bot("post", "orders", "--day", "2026-11-25", **BY_FILE)
    assert (today.code, today.out.count("\n")) == (0, 1)  # the day is past: nothing new comes in
    block = shell.bot("post", "block", "EE500000001VN-EE500000099VN", **BY_FILE)
    assert (block.code, block.out.strip()) == (0, "10 item codes added")
    over = shell.bot("post", "block", "EE500000091VN-EE500000199VN", **BY_FILE)
    assert (over.code, over.out, "1 of its item codes were entered" in over.err) == (2, "", True)
    beyond = shell.bot("post", "block", "EE500000101VN-EE500000199VN", **BY_FILE)
    assert (beyond.code, beyond.out.strip()) == (0, "10 item codes added")
    file = tmp_path / "items.csv"
    file.write_text(f"OrderNumber,ItemCode\n{CODE},{FIRST_ITEM[:-3]}9VN\n", encoding="utf-8")
    bad = shell.bot("post", "items", str(file), **BY_FILE)
    assert (bad.code, "Dòng 2" in bad.err) == (2, True)
    file.write_text(f"OrderNumber,ItemCode\n{CODE},{FIRST_ITEM}\n", encoding="utf-8")
    good = shell.bot("post", "items", str(file), **BY_FILE)
    assert (good.code, good.out.strip()) == (0, "1 item codes taken, 0 known before")
    assert post.state == "collected"
