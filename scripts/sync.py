"""Makes .venv what requirements.lock says, with our own packages; needs the standard library only.

Quick when nothing changed; one at a time, so that `make test` can run beside `make up`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
NOTE = VENV / "punchcard-synced"
OLDEST = (3, 11)
NEVER = float("inf")
#: What an empty cache has to fetch, roughly: said beforehand, for whoever waits.
FETCHED_MB = 200


class Cannot(Exception):
    """One sentence that says what is missing and what to do."""


def main() -> int:
    try:
        if sys.version_info < OLDEST:
            raise Cannot(
                f"Python {'.'.join(map(str, OLDEST))} or newer is needed, this is {sys.version.split()[0]}."
            )
        with (ROOT / ".sync.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            sync()
    except Cannot as reason:
        say(str(reason))
        return 3
    return 0


def sync() -> None:
    wanted = fingerprint()
    if (VENV / "bin" / "python").exists() and NOTE.exists() and NOTE.read_text() == wanted:
        return
    if not LOCK.exists():
        raise Cannot("requirements.lock is missing; `make lock` makes it.")
    began = time.monotonic()
    uv = find_uv()
    if not (VENV / "bin" / "python").exists():
        run(
            [uv, "venv", "--quiet", "--python", quickest(), VENV],
            "the virtual environment could not be made",
        )
    NOTE.unlink(missing_ok=True)
    into: list[str | Path] = ["--python", VENV / "bin" / "python"]
    say(f"installing {locked()} packages (about {FETCHED_MB} MB, once; uv's cache keeps them)")
    run(
        [uv, "pip", "sync", *into, "--compile-bytecode", "--require-hashes", LOCK],
        "the locked packages could not be installed",
        shown=True,
    )
    own: list[str | Path] = [argument for folder in members() for argument in ("-e", folder)]
    # What builds them (hatchling, editables) is in the lock: nothing unlocked is fetched for it.
    no_more = ["--no-deps", "--no-sources", "--no-build-isolation"]
    run(
        [uv, "pip", "install", "--quiet", *into, *no_more, *own],
        "the workspace's packages could not be installed",
    )
    NOTE.write_text(wanted)
    say(f"{VENV.name} is what {LOCK.name} says ({time.monotonic() - began:.1f} s)")


def say(words: str) -> None:
    print(f"sync: {words}", file=sys.stderr, flush=True)


def locked() -> int:
    """How many packages the lock names."""
    return sum(1 for line in LOCK.read_text().splitlines() if "==" in line and not line.startswith("#"))


def members() -> list[Path]:
    """The workspace's distributions."""
    folders = [ROOT / name for name in ("contracts", "kit", "gateway", "deploy", "clients/python")]
    folders += sorted((ROOT / "services").glob("*"))
    return [folder for folder in folders if (folder / "pyproject.toml").exists()]


def fingerprint() -> str:
    """Changes when the environment has to."""
    digest = hashlib.sha256(sys.version.encode())
    for path in [LOCK, *(folder / "pyproject.toml" for folder in members())]:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def quickest() -> str:
    """The quickest Python of this version on PATH: how one was built moves its speed by a quarter."""
    name = f"python3.{sys.version_info.minor}"
    found = {
        os.path.realpath(Path(folder) / name): None
        for folder in os.environ.get("PATH", "").split(os.pathsep)
        if os.access(Path(folder) / name, os.X_OK)
    }
    took: dict[str, float] = {}
    for _ in range(3):  # in turns, so that a busy moment of the machine falls on all of them
        for path in (sys.executable, *found):
            took[path] = min(_seconds(path), took.get(path, NEVER))
    best = min(took, key=took.__getitem__)
    return best if took[best] < 0.95 * took[sys.executable] else sys.executable


_TRIAL = """
import sys, time
def once():
    began, seen = time.perf_counter(), {}
    for n in range(50000):
        seen[n % 997] = (n, str(n))
        if n % 3:
            [x for x in (1, 2, 3)]
    return time.perf_counter() - began
print(*sys.version_info[:2], min(once() for _ in range(7)))
"""


def _seconds(path: str) -> float:
    """What a small trial takes there; NEVER when it is no Python of this version."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", _TRIAL], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return NEVER
    said = done.stdout.split()
    if done.returncode or said[:2] != [str(part) for part in sys.version_info[:2]]:
        return NEVER
    return float(said[2])


def find_uv() -> Path:
    """uv from PATH, else from a virtual environment of its own in the user's cache directory."""
    on_path = shutil.which("uv")
    if on_path:
        return Path(on_path)
    tools = user_cache() / "punchcard" / "uv"
    uv = tools / "bin" / "uv"
    if not uv.exists():
        say("fetching uv, which installs the packages")
        run(
            [sys.executable, "-m", "venv", "--clear", tools],
            "python3 cannot make virtual environments (venv)",
        )
        pip: list[str | Path] = [
            tools / "bin" / "python",
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--quiet",
        ]
        run([*pip, "install", "--retries", "3", "uv"], "uv could not be fetched")
    return uv


def user_cache() -> Path:
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"])
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def run(argv: list[str | Path], trouble: str, *, shown: bool = False) -> None:
    """With `shown` at a terminal the program tells its progress there itself; else its words are kept."""
    words_are_kept = not (shown and sys.stderr.isatty())
    done = subprocess.run(
        [str(part) for part in argv], capture_output=words_are_kept, text=True, cwd=ROOT, check=False
    )
    if done.returncode != 0 and not words_are_kept:
        raise Cannot(f"{trouble}; the reason stands above. Check the network and the package index.")
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines() or ["it gave no reason"]
        raise Cannot(f"{trouble}; check the network and the package index.\n  " + "\n  ".join(words[-8:]))


if __name__ == "__main__":
    sys.exit(main())
