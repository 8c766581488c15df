"""The templates that the wizard offers while none are stored."""

from dataclasses import dataclass

from models import TemplateCombo


@dataclass(frozen=True)
class TemplateText:
    """A template's words, stored or built in."""

    slug: str
    title: str
    description: str
    content: str
    tags: tuple[str, ...]
    combo_type: TemplateCombo


BUILTIN_TEMPLATES = (
    TemplateText(
        slug="web-launch",
        title="Product website",
        description="A fast public site with a landing page, pricing and a way to get in touch.",
        content=(
            "Build a public website for {purpose}. Its readers are {audience}. "
            "Make a landing page, a pricing page and a contact form; it must be fast, accessible and easy to edit."
        ),
        tags=("website", "landing", "marketing"),
        combo_type=TemplateCombo.WEB,
    ),
    TemplateText(
        slug="internal-dashboard",
        title="Internal dashboard",
        description="A signed-in workplace with lists, filters, roles and an audit trail.",
        content=(
            "Build an internal dashboard for {purpose}. It is used by {audience}. "
            "Give it sign-in with roles, searchable lists, record pages and an audit trail."
        ),
        tags=("dashboard", "internal", "admin", "team"),
        combo_type=TemplateCombo.ENTERPRISE,
    ),
    TemplateText(
        slug="mobile-starter",
        title="Mobile app",
        description="An app for iOS and Android with onboarding, accounts and offline use.",
        content=(
            "Build a mobile app for {purpose}. It serves {audience}. "
            "Include onboarding, accounts, offline use and push notifications."
        ),
        tags=("mobile", "app", "ios", "android"),
        combo_type=TemplateCombo.APP,
    ),
    TemplateText(
        slug="blank",
        title="Start from nothing",
        description="Only your own words.",
        content="Build {purpose} for {audience}.",
        tags=("custom",),
        combo_type=TemplateCombo.ALL,
    ),
)
