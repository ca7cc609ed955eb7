"""What sending taught of a phone: two permanent failures make it bad, a delivery makes it good."""

from datetime import timedelta

import pytest

from bot.database import reading
from bot.runtime import Runtime
from bot.store.phone_states import PhoneState, count_failure, no_template, states_of, worked
from tests.make import NOW, make_runtime

PHONE, OTHER = b"\x01" * 32, b"\x02" * 32
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def runtime(database_url: str) -> Runtime:
    return make_runtime(database_url)


def states(runtime: Runtime) -> dict[bytes, PhoneState]:
    with reading(runtime.engine) as connection:
        return states_of(connection, [PHONE, OTHER, PHONE])


def fails(runtime: Runtime, times: int = 1) -> None:
    for number in range(times):
        with runtime.engine.begin() as connection:
            count_failure(connection, PHONE, NOW + timedelta(hours=number))


def test_one_permanent_failure_may_be_an_accident(runtime: Runtime) -> None:
    fails(runtime)
    assert states(runtime) == {PHONE: PhoneState(failures=1)}


def test_the_second_failure_marks_the_number_once(runtime: Runtime) -> None:
    fails(runtime, times=3)
    assert states(runtime) == {PHONE: PhoneState(failures=3, bad_at=LATER)}


def test_a_delivery_takes_the_mark_off(runtime: Runtime) -> None:
    fails(runtime, times=2)
    with runtime.engine.begin() as connection:
        worked(connection, PHONE, LATER)
    assert states(runtime) == {PHONE: PhoneState()}
    fails(runtime)
    assert states(runtime)[PHONE].bad_at is None


def test_a_delivery_to_a_phone_that_never_failed_writes_nothing(runtime: Runtime) -> None:
    with runtime.engine.begin() as connection:
        worked(connection, PHONE, NOW)
    assert states(runtime) == {}


def test_no_template_is_kept_beside_the_failures(runtime: Runtime) -> None:
    until = NOW + timedelta(days=30)
    for phone in (PHONE, OTHER):
        with runtime.engine.begin() as connection:
            no_template(connection, phone, until, NOW)
    fails(runtime)
    assert states(runtime) == {
        PHONE: PhoneState(failures=1, no_template_until=until),
        OTHER: PhoneState(no_template_until=until),
    }
    with runtime.engine.begin() as connection:
        no_template(connection, PHONE, until + timedelta(days=1), LATER)
    assert states(runtime)[PHONE] == PhoneState(1, None, until + timedelta(days=1))
