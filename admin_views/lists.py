"""Every list of the console, in the order of the navigation."""

from flask_admin import Admin

from admin_views.attempts import AttemptView
from admin_views.audit_events import AuditEventView
from admin_views.configs import ConfigView
from admin_views.deploys import DeployView
from admin_views.projects import ProjectView
from admin_views.rooms import RoomView
from admin_views.sessions import SessionView
from admin_views.symbols import symbol
from admin_views.templates import TemplateView
from admin_views.token_list import TokenView
from admin_views.users import UserView
from models import (
    ApiToken,
    AuditEvent,
    Deploy,
    DeployAttempt,
    OnboardingSession,
    Project,
    ProjectConfig,
    PromptTemplate,
    Room,
    User,
)


def add_to(admin: Admin) -> None:
    """Register the lists; each is at /admin/<endpoint>/."""
    admin.add_view(
        SessionView(OnboardingSession, "Sessions", category="Onboarding", endpoint="session", **symbol("list-details"))
    )
    admin.add_view(
        TemplateView(PromptTemplate, "Templates", category="Onboarding", endpoint="template", **symbol("template"))
    )
    admin.add_view(ProjectView(Project, "Projects", category="Projects", endpoint="project", **symbol("box")))
    admin.add_view(
        ConfigView(
            ProjectConfig, "Configurations", category="Projects", endpoint="project_config", **symbol("settings")
        )
    )
    admin.add_view(RoomView(Room, "Rooms", category="Projects", endpoint="room", **symbol("door")))
    admin.add_view(DeployView(Deploy, "Deploys", category="Deploys", endpoint="deploy", **symbol("rocket")))
    admin.add_view(AttemptView(DeployAttempt, "Attempts", category="Deploys", endpoint="attempt", **symbol("send")))
    admin.add_view(UserView(User, "People", category="Administration", endpoint="user", **symbol("users")))
    admin.add_view(TokenView(ApiToken, "API tokens", category="Administration", endpoint="api_token", **symbol("key")))
    admin.add_view(
        AuditEventView(
            AuditEvent, "Audit trail", category="Administration", endpoint="audit_event", **symbol("history")
        )
    )
