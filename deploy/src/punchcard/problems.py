"""What the command line can say no with: one clear sentence and an exit code that means something."""

from __future__ import annotations

from typing import ClassVar


class Problem(Exception):
    """Ends a command: its text is the one sentence that is shown, `exit_code` what the shell gets."""

    exit_code: ClassVar[int] = 1


class Found(Problem):
    """The command ran, and what it looked at is not right."""

    exit_code = 1


class WrongUsage(Problem):
    """The command cannot be meant like this."""

    exit_code = 2


class MachineCannot(Problem):
    """Something that this machine must have or allow is missing, taken or does not answer."""

    exit_code = 3
