"""Which limits there are, from the settings, and whom each route is counted against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gateway.edge.limits.windows import Policy
from gateway.edge.routes import Route
from gateway.settings import GatewaySettings

VENDOR, PUBLIC = "/api/v1/vendor/loyalty", "/api/v1/loyalty"
APPLE = f"{PUBLIC}/apple/"
SIGN_IN, ENROL, LINK = "/api/v1/auth/token", f"{PUBLIC}/enroll", f"{PUBLIC}/cards/{{"
FORGOT, RESET = "/api/v1/auth/password/forgot", "/api/v1/auth/password/reset"
MINUTE_S, HOUR_S = 60, 3600


class Policies(NamedTuple):
    """What a route is counted under: who calls, where from, what it names; and the two of a sign-in."""

    caller: Policy | None = None
    address: Policy | None = None
    account_and_address: Policy | None = None
    account: Policy | None = None
    #: By what a part of the path names.
    named: Policy | None = None
    part: int = 0


class Rulebook:
    """The limits of each route."""

    def __init__(self, settings: GatewaySettings) -> None:
        stamps = Policies(caller=Policy("stamps", settings.limit_stamps_per_minute, MINUTE_S))
        points = Policies(caller=Policy("points", settings.limit_points_per_minute, MINUTE_S))
        corrections = Policies(caller=Policy("corrections", settings.limit_corrections_per_minute, MINUTE_S))
        sessions = Policy("staff-sessions", settings.limit_staff_sessions_per_minute, MINUTE_S)
        by_address = Policy("sign-ins", settings.limit_sign_ins_per_minute, MINUTE_S)
        self._posts: Mapping[str, Policies] = {
            f"{VENDOR}/stamp": stamps,
            f"{VENDOR}/stamp/redeem": stamps,
            f"{VENDOR}/points/earn": points,
            f"{VENDOR}/points/redeem": points,
            **{
                f"{VENDOR}/{kind}/{move}": corrections
                for kind in ("stamp", "points")
                for move in ("void", "adjust")
            },
            f"{VENDOR}/cards/lookup": Policies(
                caller=Policy("lookups", settings.limit_lookups_per_minute, MINUTE_S)
            ),
            f"{VENDOR}/staff-sessions": Policies(caller=sessions),
            ENROL: Policies(address=Policy("enrolments", settings.limit_enrolments_per_hour, HOUR_S)),
            SIGN_IN: Policies(
                address=by_address,
                account_and_address=Policy(
                    "account-sign-ins", settings.limit_account_sign_ins_per_minute, MINUTE_S
                ),
                account=Policy("account", None, MINUTE_S),
            ),
            FORGOT: Policies(address=by_address),
            RESET: Policies(address=by_address),
        }
        devices = Policy("device-calls", settings.limit_device_calls_per_minute, MINUTE_S)
        self._apple = {
            # many phones share an address, and one phone has many passes
            f"{APPLE}v1/devices/": Policies(named=devices, part=7),
            f"{APPLE}v1/passes/": Policies(named=devices, part=8),
            f"{APPLE}v1/log": Policies(address=devices),
        }
        self._link = Policies(address=Policy("link-reads", settings.limit_link_reads_per_minute, MINUTE_S))

    def of(self, route: Route) -> Policies | None:
        """None for a route that may be called as often as one likes."""
        if route.path.startswith(APPLE):
            return next(found for path, found in self._apple.items() if route.path.startswith(path))
        if route.method == "POST":
            return self._posts.get(route.path)
        return self._link if route.path.startswith(LINK) else None
