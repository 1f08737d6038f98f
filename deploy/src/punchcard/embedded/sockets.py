"""Where a PostgreSQL cluster of ours listens."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path


def sockets_of(data: Path) -> Path:
    """A socket's path has at most 107 bytes: a short one, always the same for the same cluster."""
    place = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"pc-pg-{place}"
