from typing import Literal

PublicProgramEnrollmentConfirmation = Literal["email", "none"]

PUBLIC_PROGRAM_ENROLLMENT_CONFIRMATION_VALUES: set[PublicProgramEnrollmentConfirmation] = {
    "email",
    "none",
}


def check_public_program_enrollment_confirmation(value: str) -> PublicProgramEnrollmentConfirmation:
    if value in PUBLIC_PROGRAM_ENROLLMENT_CONFIRMATION_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {PUBLIC_PROGRAM_ENROLLMENT_CONFIRMATION_VALUES!r}"
    )
