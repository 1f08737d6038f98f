"""The live feed in the API's document."""

from __future__ import annotations

from typing import Any

PATH = "/api/v1/vendor/loyalty/events"

_WORDS = """A till hears its own store; an owner or manager all stores of the merchant, or one (`store_id`).

Each transaction is one event `transaction`, whose data is the transaction as lists show it, without
`staff_name` and `notes`; its kind is the member `type`. Events come in the order of the merchant's
feed, those of a card in the card's own order. Their ids grow within the merchant; a till does not get
all numbers, for some are other stores'.

Go on where you were with `Last-Event-ID`: nothing is missed and nothing comes twice, for 24 hours. When
it reaches further back, or is none of ours, the first event is `reset`: read anew what you show; the
stream goes on from now. Without it the stream begins now.

A comment comes every 15 seconds, and an id without an event now and then, which counts as `Last-Event-
ID` too. The stream ends when the credential does (an access token after 15 minutes, a revoked key
within 2 seconds), when the reader takes nothing for 10 seconds, when the platform is updated, and when
one caller opens more than ten: connect again."""

_EXAMPLE = """retry: 2000
: listening
id: 41

id: 42
event: transaction
data: {"id":"0197c1c2-7d3e-7b1a-9c52-3f1f0f6f9a10","card_id":"0197c1c2-7e5a-7b3c-9d4e-5f60718293a4",\
"sequence":8,"type":"stamp_earned","stamps_delta":1,"stamps_balance_after":7,"transaction_at":"2026-11-20T10:00:00.000000Z"}

: heartbeat
id: 42

"""

DOCUMENT: dict[str, Any] = {
    "paths": {
        PATH: {
            "get": {
                "operationId": "listenToEvents",
                "summary": "Listen to transactions as they commit",
                "description": _WORDS,
                "tags": ["events"],
                "x-callers": ["terminal", "owner", "manager"],
                "parameters": [
                    {
                        "name": "store_id",
                        "in": "query",
                        "required": False,
                        "description": "One store only. A till's own store, if a till gives any",
                        "schema": {"type": "string", "format": "uuid"},
                        "example": "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4",
                    },
                    {
                        "name": "last-event-id",
                        "in": "header",
                        "required": False,
                        "description": "The id that came last: go on behind it",
                        "schema": {"type": "string"},
                        "example": "41",
                    },
                ],
                "responses": {
                    "200": {
                        "description": "Events, for as long as the reader stays",
                        "content": {
                            "text/event-stream": {
                                "schema": {"type": "string", "description": "Server-sent events"},
                                "example": _EXAMPLE,
                            }
                        },
                    },
                    "401": {},
                    "403": {},
                    "404": {},
                    "422": {},
                },
            }
        }
    },
    "components": {"schemas": {}},
}
