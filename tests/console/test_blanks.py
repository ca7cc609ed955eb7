"""A page with blanks is filled in as a template would have been."""

from markupsafe import Markup

from console.blanks import blank, cut

PAGE = f"<p>{blank('step')}</p><p>{blank('code')}, {blank('step')}</p>"


def test_every_blank_gets_its_value_wherever_it_stands() -> None:
    page = cut(PAGE).filled({"step": "Trình ký", "code": "C"})
    assert page == "<p>Trình ký</p><p>C, Trình ký</p>"


def test_a_value_is_escaped_and_never_searched_for_blanks() -> None:
    page = cut(PAGE).filled({"step": f'<b title="x">&{blank("code")}', "code": "'"})
    assert page.startswith("<p>&lt;b title=&#34;x&#34;&gt;&amp;\ue000code\ue001</p>")
    assert page.endswith("</p>")
    assert "&#39;" in page


def test_a_page_is_filled_anew_each_time() -> None:
    form = cut(PAGE)
    first = form.filled({"step": "1", "code": "C", "unused": "?"})
    assert first != form.filled({"step": "2", "code": "C"})
    assert cut("<p>no blanks</p>").filled({}) == "<p>no blanks</p>"


def test_a_blank_passes_through_a_template_unescaped() -> None:
    assert isinstance(blank("code"), Markup)
