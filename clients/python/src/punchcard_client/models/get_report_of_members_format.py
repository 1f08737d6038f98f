from typing import Literal

GetReportOfMembersFormat = Literal["csv", "json"]

GET_REPORT_OF_MEMBERS_FORMAT_VALUES: set[GetReportOfMembersFormat] = {
    "csv",
    "json",
}


def check_get_report_of_members_format(value: str) -> GetReportOfMembersFormat:
    if value in GET_REPORT_OF_MEMBERS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_REPORT_OF_MEMBERS_FORMAT_VALUES!r}")
