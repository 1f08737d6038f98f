from typing import Literal

GetReportOfMerchantFormat = Literal["csv", "json"]

GET_REPORT_OF_MERCHANT_FORMAT_VALUES: set[GetReportOfMerchantFormat] = {
    "csv",
    "json",
}


def check_get_report_of_merchant_format(value: str) -> GetReportOfMerchantFormat:
    if value in GET_REPORT_OF_MERCHANT_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_REPORT_OF_MERCHANT_FORMAT_VALUES!r}")
