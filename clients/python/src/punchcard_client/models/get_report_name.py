from typing import Literal

GetReportName = Literal["activity", "cohorts", "liability", "rewards", "staff"]

GET_REPORT_NAME_VALUES: set[GetReportName] = {
    "activity",
    "cohorts",
    "liability",
    "rewards",
    "staff",
}


def check_get_report_name(value: str) -> GetReportName:
    if value in GET_REPORT_NAME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_REPORT_NAME_VALUES!r}")
