"""Simulated phones that hold passes of the demo, so that a stamp is seen to arrive at Apple's stand-in."""

from __future__ import annotations

from typing import Any

import httpx

from punchcard.standins.device import Device

#: Of each merchant so many cards are on a phone.
CARDS = 2


def give_phones(gateway: str, demo: dict[str, Any]) -> int:
    """How many passes are on phones now; the same ones at each start. httpx.HTTPError when it fails."""
    held = 0
    with httpx.Client(base_url=gateway, timeout=30) as http:
        for merchant in demo["merchants"]:
            for card in merchant["cards"][:CARDS]:
                if token := card.get("link_token"):
                    Device(http, name=card["id"]).add(f"/api/v1/loyalty/cards/{token}")
                    held += 1
    return held
