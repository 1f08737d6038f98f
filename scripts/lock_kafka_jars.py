"""Locks the broker's jars: Maven lists what deploy/kafka/pom.xml needs at run time, we hash it."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POM = ROOT / "deploy" / "kafka" / "pom.xml"
LOCK = ROOT / "deploy" / "src" / "punchcard" / "embedded" / "kafka-jars.lock"
HEAD = "# From deploy/kafka/pom.xml by `make lock-kafka`: group:artifact:version sha256\n"
_ROW = re.compile(r"^\s+([^:\s]+):([^:]+):jar:([^:]+):(?:compile|runtime):(\S+)")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "dependencies.txt"
        asked = ["-DincludeScope=runtime", "-DoutputAbsoluteArtifactFilename=true", f"-DoutputFile={listing}"]
        subprocess.run(["mvn", "-B", "-q", "-f", POM, "dependency:list", *asked], check=True)
        rows = [_ROW.match(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", listing.read_text()).splitlines()]
    jars = sorted((f"{m[1]}:{m[2]}:{m[3]}", Path(m[4].split()[0])) for m in rows if m)
    lines = [f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for name, path in jars]
    LOCK.write_text(HEAD + "".join(lines))
    print(f"{len(lines)} jars in {LOCK.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
