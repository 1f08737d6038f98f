from typing import Literal

GetReportOfMerchantName = Literal["activity", "cohorts", "liability", "rewards", "staff"]

GET_REPORT_OF_MERCHANT_NAME_VALUES: set[GetReportOfMerchantName] = {
    "activity",
    "cohorts",
    "liability",
    "rewards",
    "staff",
}


def check_get_report_of_merchant_name(value: str) -> GetReportOfMerchantName:
    if value in GET_REPORT_OF_MERCHANT_NAME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_REPORT_OF_MERCHANT_NAME_VALUES!r}")
