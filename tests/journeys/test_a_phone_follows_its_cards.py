"""A phone follows its cards: registered, pushed to, asking, fetching, forgotten; through the public door."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from punchcard.standins import journal
from punchcard.standins.device import Device

VENDOR = "/api/v1/vendor/loyalty"
WITHIN_S = 20


class Phones:
    """Phones, links to cards, and what Apple's stand-in got."""

    def __init__(self, platform: Any, shop: Any) -> None:
        self._platform = platform
        self._shop = shop
        self.http = httpx.Client(base_url=platform.stack.gateway_url, timeout=30)

    def phone(self) -> Device:
        return Device(self.http)

    def link(self, card_id: str) -> str:
        made = self._platform.create(self._shop.owner, f"{VENDOR}/cards/{card_id}/link")
        return f"/api/v1/loyalty/cards/{made['card_url'].rpartition('/')[2]}"

    def pushes(self, phone: Device) -> int:
        """How often it was pushed to."""
        rows = journal.read(self._platform.stack.home.arrivals)
        return sum(phone.push_token.startswith(row["device"]) for row in rows if row["wallet"] == "apple")

    def delivered(self, card_id: str) -> dict[str, Any]:
        shown = self._platform.made(self._platform.get(self._shop.key, f"{VENDOR}/cards/{card_id}/passes"))
        found: dict[str, Any] = next(row for row in shown["items"] if row["platform"] == "apple")
        return found

    def settled(self, card_id: str, devices: int) -> bool:
        """Whether so many devices were told all there is."""
        found = self.delivered(card_id)
        return (found["status"], found["devices"]) == ("current", devices)


@pytest.fixture(scope="module")
def shop(platform: Any) -> Any:
    return platform.open_shop(stamps_target=10)


@pytest.fixture(scope="module")
def phones(platform: Any, shop: Any) -> Iterator[Phones]:
    made = Phones(platform, shop)
    yield made
    made.http.close()


def test_a_phone_is_pushed_to_asks_what_changed_and_fetches_it(
    phones: Phones, shop: Any, until: Callable[..., float]
):
    card = shop.enrol()
    phone = phones.phone()
    held = phone.add(phones.link(card["id"]))
    until(lambda: phones.pushes(phone) >= 1, within_s=WITHIN_S)
    assert phone.changed(held) == [held.serial]
    assert phone.register(held) is False

    before = phones.pushes(phone)
    shop.move("stamp", {"card_id": card["id"]})
    until(lambda: phones.pushes(phone) > before, within_s=WITHIN_S)

    assert phone.refresh() == [held.serial]
    assert phone.changed(held) == [], "what it was told of is not told again"
    until(lambda: phones.delivered(card["id"])["status"] == "current", within_s=WITHIN_S)
    assert phones.delivered(card["id"])["devices"] == 1


def test_two_stamps_within_one_second_are_both_seen(phones: Phones, shop: Any, until: Callable[..., float]):
    card = shop.enrol()
    phone = phones.phone()
    serial = phone.add(phones.link(card["id"])).serial
    for count in ("1 / 10", "2 / 10"):
        shop.move("stamp", {"card_id": card["id"]})

        def shows(count: str = count) -> bool:
            phone.refresh()
            return count in str(phone.passes[serial].content["storeCard"])

        until(shows, within_s=WITHIN_S)


def test_a_phone_that_has_the_pass_gets_nothing_once_it_is_settled(phones: Phones, shop: Any):
    card = shop.enrol()
    phone = phones.phone()
    serial = phone.add(phones.link(card["id"])).serial
    assert phone.fetch(serial) in (True, False)
    time.sleep(12)
    phone.fetch(serial)

    assert phone.fetch(serial) is False


def test_one_phone_with_several_passes_and_one_pass_on_several_phones(
    phones: Phones, shop: Any, until: Callable[..., float]
):
    cards = [shop.enrol() for _ in range(2)]
    links = [phones.link(card["id"]) for card in cards]
    one, two = phones.phone(), phones.phone()
    shared, other = one.add(links[0]), one.add(links[1])
    two.add(links[0])
    until(lambda: sorted(one.changed(shared)) == sorted([shared.serial, other.serial]), within_s=WITHIN_S)
    until(lambda: two.changed(shared) == [shared.serial], within_s=WITHIN_S)
    # Each registration is told of once: what is still to come would come along with the stamp.
    for card, devices in zip(cards, (2, 1), strict=True):
        until(partial(phones.settled, card["id"], devices), within_s=WITHIN_S)
    until(lambda: one.changed(shared) == [], within_s=WITHIN_S)
    until(lambda: two.changed(shared) == [], within_s=WITHIN_S)

    shop.move("stamp", {"card_id": cards[0]["id"]})

    until(lambda: one.changed(shared) == [shared.serial], within_s=WITHIN_S)
    until(lambda: two.changed(shared) == [shared.serial], within_s=WITHIN_S)
    until(lambda: phones.delivered(cards[0]["id"])["devices"] == 2, within_s=WITHIN_S)


def test_a_phone_that_deleted_the_pass_is_pushed_to_no_more(
    phones: Phones, shop: Any, until: Callable[..., float]
):
    card = shop.enrol()
    gone, there = phones.phone(), phones.phone()
    link = phones.link(card["id"])
    serial = gone.add(link).serial
    there.add(link)
    until(lambda: phones.pushes(gone) >= 1 and phones.pushes(there) >= 1, within_s=WITHIN_S)
    until(lambda: phones.delivered(card["id"])["status"] == "current", within_s=WITHIN_S)
    gone.remove(serial)
    before, others = phones.pushes(gone), phones.pushes(there)

    shop.move("stamp", {"card_id": card["id"]})

    until(lambda: phones.pushes(there) > others, within_s=WITHIN_S)
    assert phones.pushes(gone) == before


def test_a_wrong_token_and_an_unknown_serial_are_answered_alike(phones: Phones, shop: Any):
    phone = phones.phone()
    held = phone.add(phones.link(shop.enrol()["id"]))
    url = f"{held.service_url}/v1/passes/{held.pass_type}"

    wrong = phones.http.get(f"{url}/{held.serial}", headers={"authorization": "ApplePass " + "0" * 64})
    unknown = phones.http.get(f"{url}/{uuid4()}", headers=held.headers)
    without = phones.http.get(f"{url}/{held.serial}")

    assert [answer.status_code for answer in (wrong, unknown, without)] == [401] * 3
    assert len({answer.json()["detail"] for answer in (wrong, unknown, without)}) == 1


def test_neither_tokens_nor_devices_are_in_any_log(phones: Phones, shop: Any, platform: Any):
    phone = phones.phone()
    held = phone.add(phones.link(shop.enrol()["id"]))
    phone.refresh()
    phones.http.post(
        f"{held.service_url}/v1/log", json={"logs": [f"no luck with {held.token} at {phone.library_id}"]}
    )
    time.sleep(1)

    for name in ("gateway", "wallet", "cards"):
        told = platform.stack.service(name).log.read_text()
        for secret in (held.token, phone.push_token, phone.library_id, held.serial):
            assert secret not in told, name
