"""Writes requirements.lock (exact versions, hashes, no addresses); --check says whether it is stale."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib

from sync import LOCK, ROOT, Cannot, find_uv, members

MARK = "# made from these requirements: sha256:"


def main() -> int:
    try:
        return check() if "--check" in sys.argv[1:] else write()
    except Cannot as reason:
        print(f"lock: {reason}", file=sys.stderr)
        return 3


def write() -> int:
    uv = find_uv()
    subprocess.run([uv, "lock", "--quiet"], cwd=ROOT, check=True)
    export = [
        "--all-packages",
        "--all-groups",
        "--no-emit-workspace",
        "--no-header",
        "--no-annotate",
        "--quiet",
    ]
    done = subprocess.run([uv, "export", *export], cwd=ROOT, check=True, capture_output=True, text=True)
    addresses = re.findall(r"https?://\S+", done.stdout)
    if addresses:
        raise Cannot(f"the lock would hold addresses: {', '.join(sorted(set(addresses))[:3])}.")
    LOCK.write_text(
        f"# Made by `make lock`; not edited by hand.\n{MARK}{requirements_digest()}\n{done.stdout}"
    )
    print(f"lock: {done.stdout.count('==')} packages in {LOCK.name}")
    return 0


def check() -> int:
    text = LOCK.read_text() if LOCK.exists() else ""
    if f"{MARK}{requirements_digest()}\n" in text:
        return 0
    print(f"lock: {LOCK.name} is stale against the pyproject files: run `make lock`.", file=sys.stderr)
    return 1


def requirements_digest() -> str:
    """Of what every pyproject asks for; tools' settings don't count."""
    rows = {}
    for path in [ROOT / "pyproject.toml", *(folder / "pyproject.toml" for folder in members())]:
        document = tomllib.loads(path.read_text())
        project = document["project"]
        asked = {
            name: project.get(name) for name in ("dependencies", "optional-dependencies", "requires-python")
        }
        asked["groups"] = document.get("dependency-groups")
        rows[str(path.parent.relative_to(ROOT))] = asked
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
