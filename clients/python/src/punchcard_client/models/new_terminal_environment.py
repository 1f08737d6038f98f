from typing import Literal

NewTerminalEnvironment = Literal["live", "test"]

NEW_TERMINAL_ENVIRONMENT_VALUES: set[NewTerminalEnvironment] = {
    "live",
    "test",
}


def check_new_terminal_environment(value: str) -> NewTerminalEnvironment:
    if value in NEW_TERMINAL_ENVIRONMENT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_TERMINAL_ENVIRONMENT_VALUES!r}")
