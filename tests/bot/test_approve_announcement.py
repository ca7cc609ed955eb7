"""Two persons: what goes out is exactly what another than its writer approved."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.approve_announcement import Refused, approve, ask_for_approval, give_back, repeat_of
from bot.core.announcement import Audience, AudienceKind, Road, State
from bot.core.staff import Role
from bot.run_announcement import hold_back, pause, release, resume, stop
from bot.store.announcement_tables import announcement
from bot.store.announcements import StoredAnnouncement
from bot.store.counter_tables import audit_entry
from bot.write_announcement import (
    NOTHING,
    Enclosed,
    NotSaved,
    Saved,
    copy_announcement,
    save_announcement,
    versions_of,
)
from tests.bot.announcement_stage import PNG, TEXT, Stage, actor_of, at, make_stage


@pytest.fixture
def stage(database_url: str) -> Stage:
    return make_stage(database_url)


def edited(
    stage: Stage, found: StoredAnnouncement, enclosed: Enclosed = NOTHING, **changes: Any
) -> Saved | NotSaved | None:
    """The writer changes something."""
    content = replace(found.content, **changes)
    return save_announcement(
        stage.runtime, stage.writer, found.id, found.revision, content, enclosed
    )


def test_what_was_approved_goes_out_once_it_is_released(stage: Stage) -> None:
    stage.follow(1)
    found = stage.approved()
    stage.send_all()
    assert stage.zalo.taken == []
    assert release(stage.runtime, stage.writer, found.id, found.revision) is None
    stage.send_all()
    assert len(stage.zalo.taken) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Tiêu đề khác"},
        {"text": TEXT + " Thêm một câu."},
        {"link": "https://khac.example.vn/"},
        {"audience": Audience(AudienceKind.OFFICIALS, tag="Cán bộ")},
        {"roads": (Road.CHAT, Road.TEMPLATE_UID)},
        {"send_at": at(15)},
        {"agency": "H56.15"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_edit_after_approval_needs_a_new_one(stage: Stage, change: dict[str, Any]) -> None:
    stage.follow(1)
    found = stage.released()
    assert isinstance(edited(stage, found, **change), Saved)
    told = stage.read(found.id)
    assert (told.state, told.approved_by, told.due_at) == (State.DRAFT, None, None)
    assert release(stage.runtime, stage.writer, told.id, told.revision) is Refused.CHANGED
    stage.send_all()
    assert stage.zalo.taken == []


def test_another_picture_needs_a_new_approval(stage: Stage) -> None:
    found = stage.approved()
    assert isinstance(edited(stage, found, Enclosed(picture=PNG)), Saved)
    assert stage.state(found) is State.DRAFT


def test_what_was_changed_behind_our_back_does_not_go_out(stage: Stage) -> None:
    stage.follow(1)
    found = stage.released()
    with stage.runtime.engine.begin() as connection:
        connection.execute(update(announcement).values(text="Một nội dung khác, chưa ai duyệt."))
    stage.send_all()
    assert stage.zalo.taken == []
    assert stage.state(found) is State.STOPPED


def test_nobody_approves_what_they_wrote_any_part_of(stage: Stage) -> None:
    both = actor_of(
        stage.runtime, "both", Role.ANNOUNCER, Role.APPROVER, agencies=stage.writer.agencies
    )
    found = stage.write()
    assert isinstance(
        save_announcement(
            stage.runtime,
            both,
            found.id,
            found.revision,
            replace(found.content, title="Sửa bởi người duyệt"),
        ),
        Saved,
    )
    later = stage.read(found.id)
    edited(stage, later, title="Sửa lại bởi người soạn")
    last = stage.read(found.id)
    assert ask_for_approval(stage.runtime, stage.writer, last.id, last.revision) is None
    assert approve(stage.runtime, both, last.id, last.revision) is Refused.OWN
    assert approve(stage.runtime, stage.approver, last.id, last.revision) is None


def test_the_database_itself_refuses_one_person_for_both(stage: Stage) -> None:
    found = stage.write()
    with pytest.raises(IntegrityError), stage.runtime.engine.begin() as connection:
        connection.execute(
            update(announcement)
            .where(announcement.c.id == found.id)
            .values(approved_by=stage.writer.account.id)
        )


def test_an_approver_who_looked_at_an_older_revision_approves_nothing(stage: Stage) -> None:
    found = stage.write()
    ask_for_approval(stage.runtime, stage.writer, found.id, found.revision)
    edited(stage, found, title="Tiêu đề khác")
    assert approve(stage.runtime, stage.approver, found.id, found.revision) is Refused.CHANGED


def test_an_approval_does_not_last_for_ever(stage: Stage) -> None:
    found = stage.approved()
    stage.clock.move(days=8)
    assert release(stage.runtime, stage.writer, found.id, found.revision) is Refused.OLD


def test_a_time_that_has_passed_is_not_approved(stage: Stage) -> None:
    found = stage.write(send_at=stage.clock() + timedelta(hours=1))
    ask_for_approval(stage.runtime, stage.writer, found.id, found.revision)
    stage.clock.move(hours=2)
    assert approve(stage.runtime, stage.approver, found.id, found.revision) is Refused.PAST


def test_what_is_given_back_is_a_draft_with_the_reason(stage: Stage) -> None:
    found = stage.write()
    ask_for_approval(stage.runtime, stage.writer, found.id, found.revision)
    assert give_back(stage.runtime, stage.approver, found.id, found.revision, " ") is Refused.NOTE
    assert give_back(stage.runtime, stage.approver, found.id, found.revision, "Sai ngày") is None
    told = stage.read(found.id)
    assert (told.state, told.reason) == (State.DRAFT, "Sai ngày")


def test_a_draft_with_faults_is_not_handed_in(stage: Stage) -> None:
    found = stage.write(title="", roads=())
    faults = ask_for_approval(stage.runtime, stage.writer, found.id, found.revision)
    assert isinstance(faults, dict)
    assert set(faults) == {"title", "roads"}


# The same again


def test_the_same_to_the_same_people_within_30_days_asks_again(stage: Stage) -> None:
    stage.follow(1)
    first = stage.released()
    stage.send_all()
    again = stage.approved(title="LỊCH tiếp  công dân tháng 12")
    repeat = repeat_of(stage.runtime, again)
    assert repeat is not None
    assert repeat.announcement_id == first.id
    assert release(stage.runtime, stage.writer, again.id, again.revision) is Refused.REPEAT
    assert release(stage.runtime, stage.writer, again.id, again.revision, repeat=True) is None


def test_after_30_days_or_to_others_it_does_not_ask(stage: Stage) -> None:
    stage.released()
    stage.send_all()
    others = stage.approved(audience=Audience(AudienceKind.OFFICIALS, tag="Cán bộ"))
    assert repeat_of(stage.runtime, others) is None
    stage.clock.move(days=31)
    assert repeat_of(stage.runtime, stage.write()) is None


# Saving


def test_two_windows_do_not_overwrite_each_other(stage: Stage) -> None:
    found = stage.write()
    assert isinstance(edited(stage, found, title="Một"), Saved)
    assert edited(stage, found, title="Hai") == NotSaved(found.revision + 1, State.DRAFT)
    assert stage.read(found.id).content.title == "Một"


def test_one_sitting_is_one_version(stage: Stage) -> None:
    found = stage.write()
    for title in ("Một", "Hai", "Ba"):
        edited(stage, stage.read(found.id), title=title)
        stage.clock.move(minutes=1)
    assert len(versions_of(stage.runtime, found)) == 2  # the empty one, and this sitting
    stage.clock.move(minutes=20)
    edited(stage, stage.read(found.id), title="Bốn")
    assert len(versions_of(stage.runtime, found)) == 3


def test_what_goes_out_cannot_be_edited_but_copied(stage: Stage) -> None:
    stage.follow(1)
    found = stage.released()
    stage.send_all()
    assert isinstance(edited(stage, stage.read(found.id), title="Muộn"), NotSaved)
    made = copy_announcement(stage.runtime, stage.writer, found.id)
    assert made is not None
    assert stage.read(made).content.title == found.content.title


# Steps and who may take them


def test_steps_are_taken_only_from_where_they_may(stage: Stage) -> None:
    found = stage.released(send_at=at(15))
    for step in (pause, resume):
        assert step(stage.runtime, stage.writer, found.id) is Refused.CHANGED
    assert hold_back(stage.runtime, stage.writer, found.id) is None
    assert stage.state(found) is State.APPROVED
    assert release(stage.runtime, stage.writer, found.id, found.revision) is None
    assert stop(stage.runtime, stage.approver, found.id) is None
    assert resume(stage.runtime, stage.writer, found.id) is Refused.CHANGED


def test_another_agency_takes_no_step(stage: Stage) -> None:
    found = stage.write()
    other = actor_of(stage.runtime, "other", Role.APPROVER, agencies=frozenset({"H56.15"}))
    assert ask_for_approval(stage.runtime, other, found.id, found.revision) is Refused.UNKNOWN
    for step in (pause, resume, stop, hold_back):
        assert step(stage.runtime, other, found.id) is Refused.UNKNOWN


def test_each_step_is_in_the_audit_trail(stage: Stage) -> None:
    found = stage.released()
    stop(stage.runtime, stage.approver, found.id)
    with stage.runtime.engine.connect() as connection:
        actions = list(
            connection.scalars(
                select(audit_entry.c.action)
                .where(audit_entry.c.about == "announcement")
                .order_by(audit_entry.c.id)
            )
        )
    assert actions == [
        f"announcement.{step}"
        for step in ("begun", "written", "asked", "approved", "released", "stopped")
    ]
