"""`/console/mat-khau`: one's own password."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bot.change_password import change_own_password
from bot.runtime import Runtime
from console.door import PASSWORD_PAGE, allowed, present
from console.words import told


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_password", __name__, template_folder="templates")

    @routes.get(PASSWORD_PAGE)
    @allowed()
    def ask() -> str:
        return _page({})

    @routes.post(PASSWORD_PAGE)
    @allowed()
    def change() -> Response | tuple[str, int]:
        typed, wished = request.form, request.form.get("wished", "")
        if wished != typed.get("again", ""):
            again = "Hai lần nhập mật khẩu mới không giống nhau. Mời nhập lại."
            return _page({"again": again}), 422
        faults = told(change_own_password(runtime, present(), typed.get("present", ""), wished))
        if faults:
            fields = {"password": "wished"}
            return _page({fields.get(name, name): words for name, words in faults.items()}), 422
        flash("Đã đổi mật khẩu. Các phiên làm việc khác của tài khoản này đã được đóng.")
        return redirect("/console/", 303)

    return routes


def _page(faults: Mapping[str, str]) -> str:
    return render_template("console/password.html", faults=faults, first=present().must_change)
