"""The programs service's settings: it has none beside those of every service."""

from __future__ import annotations

from typing import ClassVar

from kit.settings import ServiceSettings


class ProgramsSettings(ServiceSettings):
    service: ClassVar[str] = "programs"
