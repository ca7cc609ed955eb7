"""What a desk offers, in the order of a Vietnamese list."""

from bot.core.counter_procedure import Offered, ProcedureRule, nearest


def test_procedures_stand_in_the_order_people_look_for_them() -> None:
    names = ("Hưởng trợ cấp", "Đăng ký khai sinh", "Chứng thực bản sao", "Cấp giấy phép")
    given = [
        Offered(place, "H32", ProcedureRule(f"1.{place}", name))
        for place, name in enumerate(names, start=1)
    ]
    listed = [one.rule.name for one in nearest(("H32",), given)]
    assert listed == ["Cấp giấy phép", "Chứng thực bản sao", "Đăng ký khai sinh", "Hưởng trợ cấp"]
