from typing import Literal

TerminalEnvironment = Literal["live", "test"]

TERMINAL_ENVIRONMENT_VALUES: set[TerminalEnvironment] = {
    "live",
    "test",
}


def check_terminal_environment(value: str) -> TerminalEnvironment:
    if value in TERMINAL_ENVIRONMENT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TERMINAL_ENVIRONMENT_VALUES!r}")
