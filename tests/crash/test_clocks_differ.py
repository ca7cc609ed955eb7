"""A worker whose clock is wrong beside one whose clock is right: nobody is told twice."""

from tests.journey.live_house import LiveHouse, has_all_lanes, sentence, wait


def code_of(number: int) -> str:
    return f"H56.14-240826-{number:04}"


def test_one_whose_clock_is_ahead_takes_nothing_of_what_is_being_sent(house: LiveHouse) -> None:
    asked = [code_of(number) for number in range(20)]
    house.feed(asked)
    right = house.start_worker()
    wait(lambda: has_all_lanes(right), "a worker that works", house.story, 20)
    wrong = house.start_worker(CLOCK_OFFSET_SECONDS="300")
    with house.fault("slow", value=400):
        for place, code in enumerate(asked):
            house.say(f"ahead{place}", code)
        house.wait_until_settled()
    told = [text for text in house.replies() if any(code in text for code in asked)]
    assert sorted(told) == sorted(sentence(code) for code in asked)
    wrong.wait_for_line("clock.differs")
    # It goes on by itself once the other has ended: then its clock is all there is.
    assert right.stop(timeout=10) == 0
    house.say("alone", asked[0])
    assert house.wait_for_replies(1, "alone") == [sentence(asked[0])]
    assert wrong.stop(timeout=10) == 0


def test_one_that_was_alone_ends_what_it_has_begun_when_another_comes(house: LiveHouse) -> None:
    asked = [code_of(number) for number in range(20, 40)]
    house.feed(asked)
    wrong = house.start_worker(CLOCK_OFFSET_SECONDS="300")
    wait(lambda: has_all_lanes(wrong), "a worker that works", house.story, 20)
    with house.fault("slow", value=400):
        for place, code in enumerate(asked):
            house.say(f"joined{place}", code)
        house.wait_for_replies(1, "joined0")
        right = house.start_worker()
        house.wait_until_settled()
    told = [text for text in house.replies() if any(code in text for code in asked)]
    assert sorted(told) == sorted(sentence(code) for code in asked)
    wrong.wait_for_line("clock.differs")
    house.say("later", asked[0])
    assert house.wait_for_replies(1, "later") == [sentence(asked[0])]
    assert [right.stop(timeout=10), wrong.stop(timeout=10)] == [0, 0]
