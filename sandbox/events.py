"""The bodies of webhook events, in the key order seen live (manual 2.4 to 2.6)."""

from collections.abc import Callable
from typing import Any

from sandbox.clock import milliseconds
from sandbox.people import Person

Event = dict[str, Any]


class Events:
    """Writes the events of one app and one OA at the sandbox's present moment."""

    def __init__(self, app_id: str, oa_id: str, now: Callable[[], float]) -> None:
        self._app_id, self._oa_id, self._now = app_id, oa_id, now

    def from_person(self, name: str, person: Person, message: dict[str, Any]) -> Event:
        """`user_send_*` and `user_reacted_message`: the citizen is the sender."""
        return self._chat(name, person.uid, self._oa_id, message) | {
            "user_id_by_app": person.app_uid
        }

    def from_oa(self, name: str, person: Person, message: dict[str, Any]) -> Event:
        """`oa_send_*` and `oa_reacted_message`: the OA is the sender, no admin_id by API."""
        return self._chat(name, self._oa_id, person.uid, message) | {
            "user_id_by_app": person.app_uid
        }

    def receipt(self, name: str, person: Person, msg_id: str, swapped: bool) -> Event:
        """`user_received_message` or `user_seen_message`; their direction is uncertain (2.4)."""
        many = name == "user_seen_message"
        message = {"msg_ids": [msg_id]} if many else {"msg_id": msg_id}
        write = self.from_person if swapped else self.from_oa
        return write(name, person, message)

    def follow(self, person: Person, following: bool) -> Event:
        """`follow` or `unfollow`."""
        return {
            "event_name": "follow" if following else "unfollow",
            "oa_id": self._oa_id,
            "follower": {"id": person.uid},
            "user_id_by_app": person.app_uid,
            "source": "oa_profile",
            **self._stamp(),
        }

    def about_user(self, name: str, person: Person) -> Event:
        """`user_click_chatnow` and `user_withdraw`: ids at the top level."""
        return {
            "event_name": name,
            "oa_id": self._oa_id,
            "user_id": person.uid,
            "user_id_by_app": person.app_uid,
            **self._stamp(),
        }

    def submit_info(self, person: Person, info: dict[str, Any]) -> Event:
        """`user_submit_info`: what the citizen agreed to share."""
        return {
            "event_name": "user_submit_info",
            "app_id": self._app_id,
            "sender": {"id": person.uid},
            "recipient": {"id": self._oa_id},
            "info": info,
            "timestamp": milliseconds(self._now()),
            "user_id_by_app": person.app_uid,
        }

    def delivered(self, recipient: str, msg_id: str, tracking_id: str) -> Event:
        """The delivery receipt of a template sent by phone (manual 2.6)."""
        moment = milliseconds(self._now())
        message = {"delivery_time": moment, "msg_id": msg_id, "tracking_id": tracking_id}
        return self._chat("user_received_message", self._oa_id, recipient, message)

    def tagged(self, name: str, uids: list[str], app_uid: str, tag: str) -> Event:
        """`add_user_to_tag`, `remove_user_from_tag`; `remove_tag` has only the tag's name."""
        what: dict[str, Any] = {"name": tag} if name == "remove_tag" else {"user_ids": uids}
        event: Event = {"event_name": name, "app_id": self._app_id, "oa_id": self._oa_id}
        if app_uid:
            event["user_id_by_app"] = app_uid
        return event | {"tag": what | {"name": tag}, "timestamp": milliseconds(self._now())}

    def console_sample(self) -> Event:
        """The signed sample of the console's test button: neither side is this OA (2.3)."""
        message = {"msg_id": "This is message id", "text": "This is testing message"}
        return self._chat("user_send_text", "246845883529197922", "388613280878808645", message)

    def _chat(self, name: str, sender: str, recipient: str, message: dict[str, Any]) -> Event:
        return {
            "event_name": name,
            "app_id": self._app_id,
            "sender": {"id": sender},
            "recipient": {"id": recipient},
            "message": message,
            "timestamp": milliseconds(self._now()),
        }

    def _stamp(self) -> dict[str, str]:
        return {"app_id": self._app_id, "timestamp": milliseconds(self._now())}
