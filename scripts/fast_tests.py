"""Runs the tests that need no servers and little time, in two processes that have files of their own.

Handing out thousands of tests that take milliseconds, and every report back, costs a third of what they take.
Arguments are pytest's; with one that names a place there is one process, and only that place.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

from sync import ROOT

PYTEST = (sys.executable, "-m", "pytest", "-m", "not servers and not slow")
SHARES = 2
#: Its tests look at every source file: parsed once for all of them.
PARSES_ALL = ROOT / "tests" / "architecture"
#: A file in which a test asks for a server; most of its tests do then, and are left out.
SERVED = re.compile(r"def test_\w+\([^)]*\b(postgres|database|kafka|stack|durable_stack|platform)\b")
#: What pytest says at its end: all passed, and nothing was asked for.
PASSED, NOTHING = 0, 5


def main(arguments: Sequence[str]) -> int:
    if any(Path(one.partition("::")[0]).exists() for one in arguments):
        return subprocess.run([*PYTEST, *arguments], cwd=ROOT, check=False).returncode
    began = time.monotonic()
    first, *others = (
        # Each remembers what failed by itself: they would write over each other's.
        [*PYTEST, "-o", f"cache_dir=.pytest_cache/fast-{number}", *colour(), *arguments, *map(str, files)]
        for number, files in enumerate(shares(list(test_files())), start=1)
    )
    with ThreadPoolExecutor(len(others)) as beside:
        waited_for = [beside.submit(subprocess.run, one, cwd=ROOT, stdout=subprocess.PIPE) for one in others]
        codes = [subprocess.run(first, cwd=ROOT, check=False).returncode]
        for one in waited_for:
            done = one.result()
            print(done.stdout.decode(errors="replace"), end="", flush=True)
            codes.append(done.returncode)
    code = together(codes)
    print(f"test-fast: {'passed' if code == PASSED else 'NOT PASSED'} in {time.monotonic() - began:.1f} s")
    return code


def colour() -> list[str]:
    """What is read by us first would be without."""
    return ["--color=yes"] if sys.stdout.isatty() else []


def test_files() -> Iterator[Path]:
    """As pytest would look for them."""
    left_out = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(
            one for one in folders if not any(fnmatch(one, pattern) for pattern in left_out["norecursedirs"])
        )
        yield from (Path(folder, name) for name in sorted(names) if fnmatch(name, "test_*.py"))


def shares(files: Sequence[Path]) -> list[list[Path]]:
    """Neighbours go apart: they are of a kind. Their length is a fair guess at how long they take."""
    dealt: list[list[Path]] = [[] for _ in range(SHARES)]
    lengths = [0] * SHARES
    for file in sorted(files, key=lambda file: file.parent != PARSES_ALL):
        if file.parent == PARSES_ALL:
            share, length = 0, 3 * file.stat().st_size
        else:
            share, length = lengths.index(min(lengths)), file.stat().st_size
            length //= 10 if SERVED.search(file.read_text()) else 1
        dealt[share].append(file)
        lengths[share] += length
    return dealt


def together(codes: Sequence[int]) -> int:
    """One exit code of all: what was not asked for in one share may have been in another."""
    wrong = [code for code in codes if code not in (PASSED, NOTHING)]
    return wrong[0] if wrong else min(codes)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
