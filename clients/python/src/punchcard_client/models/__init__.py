"""Contains all the data models used in inputs/outputs"""

from .actor import Actor
from .adjust_points_answer import AdjustPointsAnswer
from .adjust_points_body import AdjustPointsBody
from .adjust_stamps_answer import AdjustStampsAnswer
from .adjust_stamps_body import AdjustStampsBody
from .admin_card import AdminCard
from .admin_program_answer import AdminProgramAnswer
from .admin_program_answer_loyalty_type import AdminProgramAnswerLoyaltyType
from .archive_answer import ArchiveAnswer
from .archive_answer_passes_type_0_item import ArchiveAnswerPassesType0Item
from .archive_answer_transactions_type_0_item import ArchiveAnswerTransactionsType0Item
from .archived_card import ArchivedCard
from .archived_card_status import ArchivedCardStatus
from .attempt_list import AttemptList
from .attempt_view import AttemptView
from .attempt_view_outcome import AttemptViewOutcome
from .attempt_view_platform import AttemptViewPlatform
from .audit_list import AuditList
from .audit_row import AuditRow
from .audit_row_after_type_0 import AuditRowAfterType0
from .audit_row_before_type_0 import AuditRowBeforeType0
from .balance_line import BalanceLine
from .balance_page import BalancePage
from .behind_view import BehindView
from .card_answer import CardAnswer
from .card_answer_status import CardAnswerStatus
from .card_list import CardList
from .cards_store_answer import CardsStoreAnswer
from .changed_passes import ChangedPasses
from .code_and_pin import CodeAndPin
from .credentials import Credentials
from .customer_change import CustomerChange
from .customer_change_locale import CustomerChangeLocale
from .customer_line import CustomerLine
from .customer_line_locale import CustomerLineLocale
from .customer_page import CustomerPage
from .customer_short import CustomerShort
from .customer_whole import CustomerWhole
from .customer_whole_locale import CustomerWholeLocale
from .deactivation import Deactivation
from .earn_answer import EarnAnswer
from .earn_body import EarnBody
from .enrol_answer import EnrolAnswer
from .enrol_body import EnrolBody
from .enrol_body_locale_type_0 import EnrolBodyLocaleType0
from .erased import Erased
from .get_report_format import GetReportFormat
from .get_report_name import GetReportName
from .get_report_of_members_format import GetReportOfMembersFormat
from .get_report_of_members_of_merchant_format import GetReportOfMembersOfMerchantFormat
from .get_report_of_merchant_format import GetReportOfMerchantFormat
from .get_report_of_merchant_name import GetReportOfMerchantName
from .history_line import HistoryLine
from .history_page import HistoryPage
from .import_answer import ImportAnswer
from .import_body import ImportBody
from .import_body_rows_item import ImportBodyRowsItem
from .intermediate_signing_key import IntermediateSigningKey
from .join_body import JoinBody
from .join_body_locale import JoinBodyLocale
from .jwk import Jwk
from .jwk_set import JwkSet
from .key_shown import KeyShown
from .ledger_import_answer import LedgerImportAnswer
from .ledger_import_body import LedgerImportBody
from .ledger_import_body_rows_item import LedgerImportBodyRowsItem
from .ledger_refused_line import LedgerRefusedLine
from .liability import Liability
from .link_answer import LinkAnswer
from .list_cards_status_type_0 import ListCardsStatusType0
from .list_parked_events_state_type_0_item import ListParkedEventsStateType0Item
from .list_transactions_type_type_0 import ListTransactionsTypeType0
from .listed_program_answer import ListedProgramAnswer
from .listed_program_answer_loyalty_type import ListedProgramAnswerLoyaltyType
from .lookup_body import LookupBody
from .member import Member
from .member_status import MemberStatus
from .members_report import MembersReport
from .merchant_answer import MerchantAnswer
from .merchant_changes import MerchantChanges
from .merchant_changes_default_locale import MerchantChangesDefaultLocale
from .merchant_list import MerchantList
from .missing import Missing
from .missing_part import MissingPart
from .neutral_answer import NeutralAnswer
from .new_merchant import NewMerchant
from .new_merchant_default_locale import NewMerchantDefaultLocale
from .new_pin_only import NewPinOnly
from .new_program import NewProgram
from .new_program_loyalty_type import NewProgramLoyaltyType
from .new_program_of import NewProgramOf
from .new_program_of_loyalty_type import NewProgramOfLoyaltyType
from .new_reward import NewReward
from .new_staff import NewStaff
from .new_staff_role import NewStaffRole
from .new_store import NewStore
from .new_terminal import NewTerminal
from .new_terminal_environment import NewTerminalEnvironment
from .new_user import NewUser
from .new_user_locale_type_0 import NewUserLocaleType0
from .new_user_role import NewUserRole
from .next_tier import NextTier
from .no_body import NoBody
from .overview import Overview
from .own_card import OwnCard
from .own_card_locale import OwnCardLocale
from .own_card_status import OwnCardStatus
from .own_history import OwnHistory
from .own_merchant import OwnMerchant
from .own_program import OwnProgram
from .own_program_loyalty_type import OwnProgramLoyaltyType
from .own_reward import OwnReward
from .own_store import OwnStore
from .own_tier import OwnTier
from .own_tier_next_type_0 import OwnTierNextType0
from .own_transaction import OwnTransaction
from .parked_event import ParkedEvent
from .parked_event_event_type_0 import ParkedEventEventType0
from .parked_event_state import ParkedEventState
from .parked_list import ParkedList
from .part_missing import PartMissing
from .pass_list import PassList
from .pass_view import PassView
from .pass_view_platform import PassViewPlatform
from .pass_view_status import PassViewStatus
from .password_change import PasswordChange
from .password_forgotten import PasswordForgotten
from .password_reset import PasswordReset
from .platform_figures import PlatformFigures
from .problem import Problem
from .problem_code import ProblemCode
from .problem_errors_item import ProblemErrorsItem
from .program_answer import ProgramAnswer
from .program_answer_loyalty_type import ProgramAnswerLoyaltyType
from .program_changes import ProgramChanges
from .program_changes_loyalty_type import ProgramChangesLoyaltyType
from .program_figures import ProgramFigures
from .program_list import ProgramList
from .program_totals import ProgramTotals
from .provider_view import ProviderView
from .provider_view_breaker import ProviderViewBreaker
from .provider_view_platform import ProviderViewPlatform
from .provider_view_warnings_item import ProviderViewWarningsItem
from .public_program import PublicProgram
from .public_program_enrollment_confirmation import PublicProgramEnrollmentConfirmation
from .public_program_loyalty_type import PublicProgramLoyaltyType
from .public_reward import PublicReward
from .public_store import PublicStore
from .push_token import PushToken
from .read_reward import ReadReward
from .redeem_points_answer import RedeemPointsAnswer
from .redeem_points_body import RedeemPointsBody
from .redeem_stamps_answer import RedeemStampsAnswer
from .redeem_stamps_body import RedeemStampsBody
from .refresh_token import RefreshToken
from .refused_line import RefusedLine
from .report_answer import ReportAnswer
from .report_answer_rows_item import ReportAnswerRowsItem
from .reward_answer import RewardAnswer
from .reward_changes import RewardChanges
from .reward_list import RewardList
from .reward_taken import RewardTaken
from .reward_within_reach import RewardWithinReach
from .rotated import Rotated
from .settings_answer import SettingsAnswer
from .settings_answer_staff_pin_policy import SettingsAnswerStaffPinPolicy
from .settings_changes import SettingsChanges
from .settings_changes_enrollment_confirmation import SettingsChangesEnrollmentConfirmation
from .settings_changes_staff_pin_policy import SettingsChangesStaffPinPolicy
from .signed_callback import SignedCallback
from .staff_approval import StaffApproval
from .staff_changes import StaffChanges
from .staff_changes_role_type_0 import StaffChangesRoleType0
from .staff_member import StaffMember
from .staff_member_role import StaffMemberRole
from .staff_members import StaffMembers
from .staff_named import StaffNamed
from .staff_named_role import StaffNamedRole
from .staff_session_made import StaffSessionMade
from .stamp_answer import StampAnswer
from .stamp_body import StampBody
from .store_answer import StoreAnswer
from .store_changes import StoreChanges
from .store_figures import StoreFigures
from .store_list import StoreList
from .sync_view import SyncView
from .terminal import Terminal
from .terminal_environment import TerminalEnvironment
from .terminal_with_key import TerminalWithKey
from .terminal_with_key_environment import TerminalWithKeyEnvironment
from .terminals import Terminals
from .tier import Tier
from .tier_body import TierBody
from .tier_config import TierConfig
from .tier_in_force import TierInForce
from .tiers_answer import TiersAnswer
from .token_pair import TokenPair
from .told import Told
from .transaction_answer import TransactionAnswer
from .transaction_answer_type import TransactionAnswerType
from .transaction_list import TransactionList
from .user import User
from .user_changes import UserChanges
from .user_changes_locale_type_0 import UserChangesLocaleType0
from .user_changes_role_type_0 import UserChangesRoleType0
from .user_role import UserRole
from .users import Users
from .void_points_answer import VoidPointsAnswer
from .void_points_body import VoidPointsBody
from .void_stamps_answer import VoidStampsAnswer
from .void_stamps_body import VoidStampsBody
from .wallet_health import WalletHealth

__all__ = (
    "Actor",
    "AdjustPointsAnswer",
    "AdjustPointsBody",
    "AdjustStampsAnswer",
    "AdjustStampsBody",
    "AdminCard",
    "AdminProgramAnswer",
    "AdminProgramAnswerLoyaltyType",
    "ArchiveAnswer",
    "ArchiveAnswerPassesType0Item",
    "ArchiveAnswerTransactionsType0Item",
    "ArchivedCard",
    "ArchivedCardStatus",
    "AttemptList",
    "AttemptView",
    "AttemptViewOutcome",
    "AttemptViewPlatform",
    "AuditList",
    "AuditRow",
    "AuditRowAfterType0",
    "AuditRowBeforeType0",
    "BalanceLine",
    "BalancePage",
    "BehindView",
    "CardAnswer",
    "CardAnswerStatus",
    "CardList",
    "CardsStoreAnswer",
    "ChangedPasses",
    "CodeAndPin",
    "Credentials",
    "CustomerChange",
    "CustomerChangeLocale",
    "CustomerLine",
    "CustomerLineLocale",
    "CustomerPage",
    "CustomerShort",
    "CustomerWhole",
    "CustomerWholeLocale",
    "Deactivation",
    "EarnAnswer",
    "EarnBody",
    "EnrolAnswer",
    "EnrolBody",
    "EnrolBodyLocaleType0",
    "Erased",
    "GetReportFormat",
    "GetReportName",
    "GetReportOfMembersFormat",
    "GetReportOfMembersOfMerchantFormat",
    "GetReportOfMerchantFormat",
    "GetReportOfMerchantName",
    "HistoryLine",
    "HistoryPage",
    "ImportAnswer",
    "ImportBody",
    "ImportBodyRowsItem",
    "IntermediateSigningKey",
    "JoinBody",
    "JoinBodyLocale",
    "Jwk",
    "JwkSet",
    "KeyShown",
    "LedgerImportAnswer",
    "LedgerImportBody",
    "LedgerImportBodyRowsItem",
    "LedgerRefusedLine",
    "Liability",
    "LinkAnswer",
    "ListCardsStatusType0",
    "ListParkedEventsStateType0Item",
    "ListTransactionsTypeType0",
    "ListedProgramAnswer",
    "ListedProgramAnswerLoyaltyType",
    "LookupBody",
    "Member",
    "MemberStatus",
    "MembersReport",
    "MerchantAnswer",
    "MerchantChanges",
    "MerchantChangesDefaultLocale",
    "MerchantList",
    "Missing",
    "MissingPart",
    "NeutralAnswer",
    "NewMerchant",
    "NewMerchantDefaultLocale",
    "NewPinOnly",
    "NewProgram",
    "NewProgramLoyaltyType",
    "NewProgramOf",
    "NewProgramOfLoyaltyType",
    "NewReward",
    "NewStaff",
    "NewStaffRole",
    "NewStore",
    "NewTerminal",
    "NewTerminalEnvironment",
    "NewUser",
    "NewUserLocaleType0",
    "NewUserRole",
    "NextTier",
    "NoBody",
    "Overview",
    "OwnCard",
    "OwnCardLocale",
    "OwnCardStatus",
    "OwnHistory",
    "OwnMerchant",
    "OwnProgram",
    "OwnProgramLoyaltyType",
    "OwnReward",
    "OwnStore",
    "OwnTier",
    "OwnTierNextType0",
    "OwnTransaction",
    "ParkedEvent",
    "ParkedEventEventType0",
    "ParkedEventState",
    "ParkedList",
    "PartMissing",
    "PassList",
    "PassView",
    "PassViewPlatform",
    "PassViewStatus",
    "PasswordChange",
    "PasswordForgotten",
    "PasswordReset",
    "PlatformFigures",
    "Problem",
    "ProblemCode",
    "ProblemErrorsItem",
    "ProgramAnswer",
    "ProgramAnswerLoyaltyType",
    "ProgramChanges",
    "ProgramChangesLoyaltyType",
    "ProgramFigures",
    "ProgramList",
    "ProgramTotals",
    "ProviderView",
    "ProviderViewBreaker",
    "ProviderViewPlatform",
    "ProviderViewWarningsItem",
    "PublicProgram",
    "PublicProgramEnrollmentConfirmation",
    "PublicProgramLoyaltyType",
    "PublicReward",
    "PublicStore",
    "PushToken",
    "ReadReward",
    "RedeemPointsAnswer",
    "RedeemPointsBody",
    "RedeemStampsAnswer",
    "RedeemStampsBody",
    "RefreshToken",
    "RefusedLine",
    "ReportAnswer",
    "ReportAnswerRowsItem",
    "RewardAnswer",
    "RewardChanges",
    "RewardList",
    "RewardTaken",
    "RewardWithinReach",
    "Rotated",
    "SettingsAnswer",
    "SettingsAnswerStaffPinPolicy",
    "SettingsChanges",
    "SettingsChangesEnrollmentConfirmation",
    "SettingsChangesStaffPinPolicy",
    "SignedCallback",
    "StaffApproval",
    "StaffChanges",
    "StaffChangesRoleType0",
    "StaffMember",
    "StaffMemberRole",
    "StaffMembers",
    "StaffNamed",
    "StaffNamedRole",
    "StaffSessionMade",
    "StampAnswer",
    "StampBody",
    "StoreAnswer",
    "StoreChanges",
    "StoreFigures",
    "StoreList",
    "SyncView",
    "Terminal",
    "TerminalEnvironment",
    "TerminalWithKey",
    "TerminalWithKeyEnvironment",
    "Terminals",
    "Tier",
    "TierBody",
    "TierConfig",
    "TierInForce",
    "TiersAnswer",
    "TokenPair",
    "Told",
    "TransactionAnswer",
    "TransactionAnswerType",
    "TransactionList",
    "User",
    "UserChanges",
    "UserChangesLocaleType0",
    "UserChangesRoleType0",
    "UserRole",
    "Users",
    "VoidPointsAnswer",
    "VoidPointsBody",
    "VoidStampsAnswer",
    "VoidStampsBody",
    "WalletHealth",
)
