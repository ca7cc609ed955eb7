"""Who follows the page is told in the same message what is kept and where it is said."""

from tests.conversation import make_house
from tests.zalo_calls import relation_event


def test_the_welcome_names_the_page_and_stays_one_message(sqlite_url: str) -> None:
    house = make_house(sqlite_url, public_url="https://dvc.example.vn")
    [welcome] = house.hear(relation_event("follow"))
    assert "https://dvc.example.vn/quyen-rieng-tu" in welcome["text"]
    assert "ví dụ: H56.14-240823-0001" in welcome["text"]
