"""What is stored: one noun a file, on plain SQLAlchemy."""

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
from models.failure_group import FailureGroup, FailureGroupHour, FailureGroupStatus
from models.hook_host import DeliveryPause, GoneHook, HookHost, HostOutcomes
from models.metric_delta import MetricDelta
from models.onboarding_session import OnboardingSession, SessionStatus
from models.project import ComboType, DeploymentTarget, Project, ProjectConfig, ProjectStatus
from models.prompt_template import PromptTemplate, TemplateCombo
from models.recovery import HELD_STATUSES, Recovery, RecoveryItem, RecoveryItemStatus, RecoveryStatus
from models.room import Room, RoomParticipant, RoomState
from models.status_change import StatusChange, SubjectKind
from models.user import Role, User

__all__ = [
    "HELD_STATUSES",
    "LIVE_STATUSES",
    "WAITING_STATUSES",
    "AuditEvent",
    "Base",
    "BulkItem",
    "BulkItemStatus",
    "BulkJob",
    "BulkJobStatus",
    "ComboType",
    "DeliveryPause",
    "Deploy",
    "DeployAttempt",
    "DeployStatus",
    "DeployTrigger",
    "DeploymentTarget",
    "ErrorKind",
    "FailureGroup",
    "FailureGroupHour",
    "FailureGroupStatus",
    "GoneHook",
    "HookHost",
    "HostOutcomes",
    "MetricDelta",
    "OnboardingSession",
    "Project",
    "ProjectConfig",
    "ProjectStatus",
    "PromptTemplate",
    "Recovery",
    "RecoveryItem",
    "RecoveryItemStatus",
    "RecoveryStatus",
    "Role",
    "Room",
    "RoomParticipant",
    "RoomState",
    "SessionStatus",
    "StatusChange",
    "SubjectKind",
    "TemplateCombo",
    "User",
]
