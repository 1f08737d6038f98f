"""A forgotten password, on real processes: a letter in the folder, its link, and the sign-ins that end."""

from __future__ import annotations

import email
import email.policy
import re
import secrets

AUTH = "/api/v1/auth"


def _tokens(folder, to):
    """Those of the letters to this address."""
    found = []
    for file in folder.glob("*.eml"):
        letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if letter["To"] == to:
            found += re.findall(r"/reset-password#token=(\S+)", letter.get_content())
    return found


def test_an_owner_gets_in_again_by_a_letter_and_old_sign_ins_end(platform, until):
    shop = platform.open_shop()
    address, new = f"owner-{shop.slug}@punchcard.example", secrets.token_urlsafe(18)
    folder = platform.stack.home.mail

    asked = platform.http.post(f"{AUTH}/password/forgot", json={"email": address})
    nobody = platform.http.post(f"{AUTH}/password/forgot", json={"email": f"no-{address}"})
    until(lambda: _tokens(folder, address), within_s=10)
    (token,) = _tokens(folder, address)
    answers = [
        platform.http.post(f"{AUTH}/password/reset", json={"token": token, "new": new}) for _ in range(2)
    ]

    assert (asked.status_code, asked.content) == (nobody.status_code, nobody.content) == (202, b"")
    assert [answer.status_code for answer in answers] == [204, 403]
    assert answers[1].json()["code"] == "reset-token-invalid"
    assert platform.sign_in(address, new)["access_token"]
    path = "/api/v1/vendor/loyalty/pins"
    until(lambda: platform.get(shop.owner, path).status_code == 401, within_s=2.5)
    assert _tokens(folder, f"no-{address}") == []
