from typing import Literal

GetReportFormat = Literal["csv", "json"]

GET_REPORT_FORMAT_VALUES: set[GetReportFormat] = {
    "csv",
    "json",
}


def check_get_report_format(value: str) -> GetReportFormat:
    if value in GET_REPORT_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_REPORT_FORMAT_VALUES!r}")
