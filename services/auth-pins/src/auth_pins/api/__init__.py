"""HTTP in: what the gateway forwards, and what other services ask."""

from auth_pins.api import approval, internal, passwords, pins, sign_in, terminals, users

#: Every route of the service.
ROUTERS = (
    sign_in.router,
    passwords.router,
    users.router,
    terminals.router,
    pins.router,
    approval.router,
    internal.router,
)
