"""How a server that refuses to run as root is run when we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from punchcard.problems import MachineCannot

_NOBODY = 65534


@dataclass(frozen=True)
class RunAs:
    """What goes before the command, what Popen is told, and who owns the server's files then."""

    prefix: tuple[str, ...] = ()
    popen: dict[str, Any] = field(default_factory=dict)
    owner: tuple[int, int] | None = None

    def take_over(self, *paths: Path) -> None:
        """Give files to that owner, whole trees, when they aren't theirs yet."""
        if self.owner is None:
            return
        uid, gid = self.owner
        for path in paths:
            if path.stat().st_uid == uid:
                continue
            for entry in [path, *path.rglob("*")]:
                os.chown(entry, uid, gid, follow_symlinks=False)


def run_as(program: Path, directory: Path) -> RunAs:
    """As ourselves; as root: as `nobody`, or where nobody may not look in a user namespace of our own."""
    if os.geteuid() != 0:
        return RunAs()
    nobody = _nobody(program, directory)
    if nobody is not None:
        return nobody
    namespace = ("unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}", "--")
    if shutil.which("unshare") and _runs([*namespace, str(program), "--version"]):
        return RunAs(prefix=namespace, owner=(0, 0))
    raise MachineCannot(
        f"PostgreSQL refuses to run as root, the user nobody may not read {program.parent} or {directory}, "
        "and this machine allows no user namespaces: run as another user than root."
    )


def _nobody(program: Path, directory: Path) -> RunAs | None:
    try:
        user = pwd.getpwnam("nobody")
    except KeyError:
        return None
    popen: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    looks = ["sh", "-c", 'cd "$1" && exec "$2" --version', "sh", str(directory), str(program)]
    return RunAs(popen=popen, owner=(user.pw_uid, user.pw_gid)) if _runs(looks, **popen) else None


def _runs(argv: list[str], **popen: Any) -> bool:
    try:
        done = subprocess.run(argv, capture_output=True, timeout=20, check=False, cwd="/", **popen)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
