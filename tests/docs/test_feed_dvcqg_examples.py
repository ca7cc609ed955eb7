"""The example shown in docs/feed-dvcqg.md does what the document says."""

import os
import re
import subprocess
from pathlib import Path

from bot.core.national_form import STATUS_NAMES
from bot.runtime import shifted_clock
from tests.make import make_runtime
from tests.webhooks.feeding import make_feeder, served
from tests.webhooks.national_feeding import Exchange
from webhooks.openapi_national import DOSSIER_FIELDS, PROGRESS_FIELDS, SUPPLEMENT_FIELDS

DOCUMENT = Path(__file__).parents[2] / "docs" / "feed-dvcqg.md"


def examples(language: str) -> list[str]:
    """The blocks of the document in this language."""
    text = DOCUMENT.read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.S | re.M)


def test_the_curl_example_is_taken_dossier_and_progress(sqlite_url: str, tmp_path: Path) -> None:
    feeder = make_feeder(make_runtime(sqlite_url, now=shifted_clock(0)))
    dossiers, progress = examples("json")
    (tmp_path / "dossiers.json").write_text(dossiers, "utf-8")
    (tmp_path / "progress.json").write_text(progress, "utf-8")
    [script] = examples("sh")
    with served(feeder.runtime) as address:
        done = subprocess.run(
            ["sh", "-eu", "-c", script],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "FEED_URL": f"{address}/feeds/dvcqg",
                "FEED_KEY": feeder.key.id,
                "FEED_SECRET": feeder.key.secret,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"error_code":"00"') == 2
    assert Exchange(feeder).stored("step", "status") == ("Thẩm định hồ sơ", 4)


def test_every_field_that_is_read_and_every_statuss_name_is_in_the_document() -> None:
    text = " ".join(DOCUMENT.read_text("utf-8").split())
    fields = {*DOSSIER_FIELDS, *SUPPLEMENT_FIELDS, *PROGRESS_FIELDS} - {"NgayKetThucTheoQuyDinh"}
    assert [name for name in fields if name not in text] == []
    assert [f"{n} {name}" for n, name in STATUS_NAMES.items() if f"{n} {name}" not in text] == []
