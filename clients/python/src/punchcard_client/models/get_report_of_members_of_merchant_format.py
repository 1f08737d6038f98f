from typing import Literal

GetReportOfMembersOfMerchantFormat = Literal["csv", "json"]

GET_REPORT_OF_MEMBERS_OF_MERCHANT_FORMAT_VALUES: set[GetReportOfMembersOfMerchantFormat] = {
    "csv",
    "json",
}


def check_get_report_of_members_of_merchant_format(value: str) -> GetReportOfMembersOfMerchantFormat:
    if value in GET_REPORT_OF_MEMBERS_OF_MERCHANT_FORMAT_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {GET_REPORT_OF_MEMBERS_OF_MERCHANT_FORMAT_VALUES!r}"
    )
