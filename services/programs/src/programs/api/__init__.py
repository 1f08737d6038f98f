"""HTTP in: admin, vendor and public routes, and what other services may read."""

from __future__ import annotations

from programs.api import (
    admin_merchants,
    admin_programs,
    admin_stores,
    internal,
    public,
    vendor_program,
    vendor_rewards,
)

ROUTERS = (
    admin_merchants.router,
    admin_stores.router,
    admin_programs.router,
    vendor_program.router,
    vendor_rewards.router,
    public.router,
    internal.router,
)
