from typing import Literal

TerminalWithKeyEnvironment = Literal["live", "test"]

TERMINAL_WITH_KEY_ENVIRONMENT_VALUES: set[TerminalWithKeyEnvironment] = {
    "live",
    "test",
}


def check_terminal_with_key_environment(value: str) -> TerminalWithKeyEnvironment:
    if value in TERMINAL_WITH_KEY_ENVIRONMENT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TERMINAL_WITH_KEY_ENVIRONMENT_VALUES!r}")
