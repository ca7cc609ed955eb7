"""A folder of papers, and a watched one: nothing is lost, nothing is half, everything is told."""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from receipts.stamp.files import free_path, write_whole
from receipts.stamp.folder import Tally, papers_in, stamp_folder
from receipts.stamp.order import Order
from receipts.stamp.paper import stamp
from receipts.stamp.watch import Watch
from tests.receipts.stamp.papers import CODE, OTHER, link_of, paper, picture, symbols

PAPER = paper()


@dataclass
class Desk:
    """A watched folder, its clock in our hands, and what was said."""

    root: Path
    now: float = 0.0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.source, self.out = self.root / "in", self.root / "out"
        self.source.mkdir()
        self.stop = Event()
        self.watch = self.started()

    def started(self) -> Watch:
        """A program that has just begun."""
        watch = Watch(self.source, self.out, Order(), link_of, self.said.append, clock=self.clock)
        self.stop.set()
        watch.run(self.stop)
        self.stop.clear()
        return watch

    def clock(self) -> float:
        return self.now

    def look(self, times: int = 1, after: float = 2.0) -> None:
        for _ in range(times):
            self.now += after
            self.watch.look(self.stop)

    def put(self, name: str, data: bytes = PAPER) -> Path:
        path = self.source / name
        path.write_bytes(data)
        return path

    def names(self, folder: str) -> list[str]:
        return sorted(one.name for one in (self.root / folder).iterdir() if one.is_file())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with a watched folder."""
    return Desk(tmp_path)


def test_a_paper_that_comes_is_stamped_and_the_original_kept(desk: Desk) -> None:
    desk.put("phieu.pdf")
    desk.look(2)
    assert (desk.names("in"), desk.names("out")) == ([], ["phieu.pdf"])
    assert (desk.source / "done" / "phieu.pdf").read_bytes() == PAPER
    assert symbols(picture((desk.out / "phieu.pdf").read_bytes())) == [link_of(CODE)]
    assert desk.said == [f"phieu.pdf: stamped, {CODE}"]


def test_a_paper_is_left_alone_while_it_grows(desk: Desk) -> None:
    for size in (1_000, 5_000, len(PAPER) - 10):
        desk.put("phieu.pdf", PAPER[:size])
        desk.look()
    assert desk.names("in") == ["phieu.pdf"]
    desk.look(5)  # it does not grow, but it has no end: its writer may be slow
    assert desk.names("in") == ["phieu.pdf"]
    desk.put("phieu.pdf")
    desk.look(2)
    assert desk.names("out") == ["phieu.pdf"]


def test_a_paper_that_never_ends_is_put_aside_after_a_minute(desk: Desk) -> None:
    desk.put("phieu.pdf", PAPER[:900])
    desk.put("rong.pdf", b"")
    desk.look(2)
    desk.look(after=60)
    assert desk.names("in/failed") == ["phieu.pdf", "phieu.pdf.txt", "rong.pdf", "rong.pdf.txt"]
    note = (desk.source / "failed" / "rong.pdf.txt").read_bytes()
    assert note.startswith(b"\xef\xbb\xbf")
    assert "Tệp rỗng" in note.decode("utf-8-sig")
    assert 'thư mục "in"' in note.decode("utf-8-sig")


def test_what_cannot_be_stamped_says_why_and_does_not_stop_the_others(desk: Desk) -> None:
    desk.put("a.pdf", paper(code=""))
    desk.put("b.pdf")
    desk.put("c.pdf", paper(code=f"{CODE} {OTHER}"))
    desk.look(2)
    assert desk.names("out") == ["b.pdf"]
    assert desk.names("in/failed") == ["a.pdf", "a.pdf.txt", "c.pdf", "c.pdf.txt"]
    assert OTHER in (desk.source / "failed" / "c.pdf.txt").read_text(encoding="utf-8")
    assert len(desk.said) == 3


def test_a_paper_that_was_mended_may_come_again(desk: Desk) -> None:
    desk.put("a.pdf", paper(code=""))
    desk.look(2)
    desk.put("a.pdf")
    desk.look(2)
    assert desk.names("out") == ["a.pdf"]


def test_other_files_and_hidden_ones_are_not_touched(desk: Desk) -> None:
    for name in ("thu.docx", ".an.pdf", "~$phieu.pdf", "phieu.pdf.crdownload"):
        desk.put(name)
    desk.look(3)
    assert desk.names("in") == sorted(
        ["thu.docx", ".an.pdf", "~$phieu.pdf", "phieu.pdf.crdownload"]
    )
    assert (desk.names("out"), desk.said) == ([], [])


def test_software_that_always_writes_the_same_name_loses_no_paper(desk: Desk) -> None:
    codes = [f"H46.16-261123-000{number}" for number in (1, 2, 3)]
    for code in codes:
        desk.put("in.pdf", paper(code=code))
        desk.look(2)
    assert desk.names("out") == ["in-2.pdf", "in-3.pdf", "in.pdf"]
    assert desk.names("in/done") == ["in-2.pdf", "in-3.pdf", "in.pdf"]
    read = [symbols(picture((desk.out / name).read_bytes())) for name in ("in.pdf", "in-2.pdf")]
    assert read == [[link_of(codes[0])], [link_of(codes[1])]]


def test_the_same_paper_again_is_the_same_file_again(desk: Desk) -> None:
    for _ in range(2):
        desk.put("a.pdf")
        desk.look(2)
    assert (desk.names("out"), desk.names("in/done")) == (["a.pdf"], ["a.pdf"])


def test_killed_between_the_new_file_and_the_move_it_goes_on(desk: Desk) -> None:
    desk.put("a.pdf")
    write_whole(desk.out / "a.pdf", stamp(PAPER, Order(), link_of).data)
    (desk.out / ".b.pdf.part").write_bytes(b"half")
    desk.watch = desk.started()
    desk.look(2)
    assert (desk.names("out"), desk.names("in/done"), desk.names("in")) == (
        ["a.pdf"],
        ["a.pdf"],
        [],
    )


def test_a_paper_that_ends_the_program_three_times_is_put_aside(desk: Desk) -> None:
    desk.put("a.pdf")
    (desk.source / ".stamping").write_text("3\na.pdf", encoding="utf-8")
    desk.look(2)
    assert desk.names("in/failed") == ["a.pdf", "a.pdf.txt"]
    desk.put("b.pdf")
    desk.look(2)
    assert (desk.names("out"), desk.names("in")) == (["b.pdf"], [])


def test_while_the_place_of_the_stamped_is_away_papers_wait(desk: Desk) -> None:
    desk.put("a.pdf")
    desk.out.rmdir()
    for _ in range(6):
        desk.look(2, after=31)
    assert desk.names("in") == ["a.pdf"]
    assert "everything waits" in desk.said[0]
    desk.out.mkdir()
    desk.look(2, after=31)
    assert (desk.names("in"), desk.names("out")) == ([], ["a.pdf"])


def test_told_to_stop_it_begins_no_other_paper(desk: Desk) -> None:
    desk.put("a.pdf")
    desk.look()
    desk.stop.set()
    desk.look()
    assert desk.names("in") == ["a.pdf"]


def test_images_come_whole_too(desk: Desk) -> None:
    stream = BytesIO()
    Image.new("L", (1240, 1754), 255).save(stream, "JPEG", dpi=(150, 150))
    data = stream.getvalue()
    desk.put("anh.JPG", data[:-30])
    desk.look(3)
    assert desk.names("in") == ["anh.JPG"]
    desk.put("anh.JPG", data)
    desk.look(2)
    assert desk.names("in/failed") == ["anh.JPG", "anh.JPG.txt"]


# A folder, once


def test_a_folder_is_stamped_into_another_and_what_fails_is_counted(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "sub" / "out"
    source.mkdir()
    (source / "a.pdf").write_bytes(PAPER)
    (source / "b.pdf").write_bytes(stamp(PAPER, Order(), link_of).data)
    (source / "c.pdf").write_bytes(b"%PDF-1.7 broken")
    (source / "thu.txt").write_bytes(b"khong phai giay")
    said: list[str] = []
    assert stamp_folder(source, out, Order(), link_of, said.append) == Tally(1, 1, 1)
    assert sorted(one.name for one in out.iterdir()) == ["a.pdf", "b.pdf"]
    assert (out / "a.pdf").read_bytes() == (out / "b.pdf").read_bytes()
    assert [line.split(":")[0] for line in said] == ["a.pdf", "b.pdf", "c.pdf"]
    assert len(papers_in(source)) == 3


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_part(tmp_path: Path) -> None:
    taken = tmp_path / "a.pdf"
    taken.mkdir()
    with pytest.raises(OSError):
        write_whole(taken, b"new")
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"]


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    for number in range(1, 12):
        path = free_path(tmp_path / "a.pdf", b"%d" % number)
        assert path.name == ("a.pdf" if number == 1 else f"a-{number}.pdf")
        path.write_bytes(b"%d" % number)
    assert free_path(tmp_path / "a.pdf", b"1").name == "a.pdf"
