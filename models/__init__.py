"""What is stored: one noun a file, on plain SQLAlchemy."""

from models.acting import Acting
from models.api_token import ApiToken, TokenScope
from models.audit_chain import AuditHead, AuditLink, AuditPurge, AuditSeal
from models.audit_event import AuditEvent
from models.base import Base
from models.bulk_job import BulkItem, BulkItemStatus, BulkJob, BulkJobStatus
from models.deploy import (
    LIVE_STATUSES,
    WAITING_STATUSES,
    Deploy,
    DeployAttempt,
    DeployStatus,
    DeployTrigger,
    ErrorKind,
)
from models.export import UNFINISHED_EXPORTS, Export, ExportChunk, ExportStatus
from models.failure_group import FailureGroup, FailureGroupHour, FailureGroupStatus
from models.hook_host import DeliveryPause, GoneHook, HookHost, HostOutcomes
from models.identity import Identity
from models.list_preference import ListPreference
from models.live_notice import LIVE_HORIZONS, LIVE_NOTICES
from models.metric_delta import MetricDelta
from models.onboarding_session import OnboardingSession, SessionStatus
from models.project import ComboType, DeploymentTarget, Project, ProjectConfig, ProjectStatus
from models.prompt_template import PromptTemplate, TemplateCombo
from models.recovery import HELD_STATUSES, Recovery, RecoveryItem, RecoveryItemStatus, RecoveryStatus
from models.room import Room, RoomParticipant, RoomState
from models.saved_view import SavedView, SavedViewPin
from models.search_text import DeployText, SessionText
from models.second_factor import (
    AuthenticatorApp,
    Passkey,
    RecoveryCode,
    SecondFactorRole,
    SecondFactorTries,
    SpentChallenge,
    TypedFactor,
)
from models.session_beginning import SESSION_BEGINNINGS
from models.sign_in import SignIn, SignInBudget
from models.status_change import StatusChange, SubjectKind
from models.trashed_record import TrashedRecord
from models.user import Density, Role, User
from models.waiting_session import WAITING_SESSIONS

__all__ = [
    "HELD_STATUSES",
    "LIVE_HORIZONS",
    "LIVE_NOTICES",
    "LIVE_STATUSES",
    "SESSION_BEGINNINGS",
    "UNFINISHED_EXPORTS",
    "WAITING_SESSIONS",
    "WAITING_STATUSES",
    "Acting",
    "ApiToken",
    "AuditEvent",
    "AuditHead",
    "AuditLink",
    "AuditPurge",
    "AuditSeal",
    "AuthenticatorApp",
    "Base",
    "BulkItem",
    "BulkItemStatus",
    "BulkJob",
    "BulkJobStatus",
    "ComboType",
    "DeliveryPause",
    "Density",
    "Deploy",
    "DeployAttempt",
    "DeployStatus",
    "DeployText",
    "DeployTrigger",
    "DeploymentTarget",
    "ErrorKind",
    "Export",
    "ExportChunk",
    "ExportStatus",
    "FailureGroup",
    "FailureGroupHour",
    "FailureGroupStatus",
    "GoneHook",
    "HookHost",
    "HostOutcomes",
    "Identity",
    "ListPreference",
    "MetricDelta",
    "OnboardingSession",
    "Passkey",
    "Project",
    "ProjectConfig",
    "ProjectStatus",
    "PromptTemplate",
    "Recovery",
    "RecoveryCode",
    "RecoveryItem",
    "RecoveryItemStatus",
    "RecoveryStatus",
    "Role",
    "Room",
    "RoomParticipant",
    "RoomState",
    "SavedView",
    "SavedViewPin",
    "SecondFactorRole",
    "SecondFactorTries",
    "SessionStatus",
    "SessionText",
    "SignIn",
    "SignInBudget",
    "SpentChallenge",
    "StatusChange",
    "SubjectKind",
    "TemplateCombo",
    "TokenScope",
    "TrashedRecord",
    "TypedFactor",
    "User",
]
