"""The prompt templates of seeded databases."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from models import PromptTemplate, TemplateCombo
from services.builtin_templates import BUILTIN_TEMPLATES, TemplateText
from services.database import DbSession

TEMPLATES = (
    *BUILTIN_TEMPLATES,
    TemplateText(
        slug="booking-site",
        title="Booking site",
        description="Services, opening hours, a calendar with free slots, and reminders by e-mail.",
        content=(
            "Build {purpose}, used by {audience}. Show the services with prices and durations, offer only slots that "
            "are really free, take a booking without an account, confirm it by e-mail and remind a day ahead. "
            "Staff see the day at a glance and can block time. Two people must never get the same slot."
        ),
        tags=("booking", "calendar", "website", "appointments"),
        combo_type=TemplateCombo.WEB,
    ),
    TemplateText(
        slug="online-shop",
        title="Online shop",
        description="Catalogue, basket, checkout and orders, for a few hundred products.",
        content=(
            "Build {purpose} for {audience}. It has a catalogue with categories and search, product pages with "
            "variants, a basket that survives a closed tab, a checkout in one page, order mails and a simple back "
            "office for stock and orders. Prices include tax; stock can't go below zero."
        ),
        tags=("shop", "store", "ordering", "tickets", "ecommerce"),
        combo_type=TemplateCombo.WEB,
    ),
    TemplateText(
        slug="newsletter-blog",
        title="Blog with newsletter",
        description="Posts in Markdown, an archive, an RSS feed and a double opt-in newsletter.",
        content=(
            "Build {purpose}. Its readers are {audience}. Posts are written in Markdown with drafts and previews; "
            "there is an archive by year and tag, an RSS feed, and a newsletter with double opt-in. Pages load in "
            "under a second on a phone and need no script to be read."
        ),
        tags=("blog", "newsletter", "portfolio", "writing"),
        combo_type=TemplateCombo.WEB,
    ),
    TemplateText(
        slug="crm",
        title="Customer records (CRM)",
        description="People, companies, notes and follow-ups, with roles and an import from spreadsheets.",
        content=(
            "Build {purpose} that {audience} work with all day. Keep people and companies, a timeline of notes and "
            "calls for each, follow-ups with due dates, and an import from spreadsheets that shows what it will "
            "change first. Roles: reader, editor, admin. Every change is in an audit trail."
        ),
        tags=("crm", "team", "internal", "supplier", "sales"),
        combo_type=TemplateCombo.ENTERPRISE,
    ),
    TemplateText(
        slug="inventory",
        title="Inventory and purchasing",
        description="Stock by location, barcodes, reorder points and purchase orders.",
        content=(
            "Build {purpose}; it is used by {audience}. Track stock by location with barcodes, warn at reorder "
            "points, write purchase orders, and book deliveries in part. Every movement is a line that can be "
            "reversed, never edited. Reports: stock value, slow movers, suppliers' delays."
        ),
        tags=("inventory", "back", "office", "erp", "invoices", "compliance"),
        combo_type=TemplateCombo.ENTERPRISE,
    ),
    TemplateText(
        slug="loyalty-app",
        title="Loyalty app",
        description="A stamp card on the phone, rewards and a till view for staff.",
        content=(
            "Build {purpose} for {audience}. Customers collect stamps by showing a code, see their rewards and get "
            "one friendly push a week at most. Staff scan with any phone, offline too, and fraud is limited to one "
            "stamp an hour. Sign-up takes a name and nothing else."
        ),
        tags=("loyalty", "mobile", "app", "rewards"),
        combo_type=TemplateCombo.APP,
    ),
    TemplateText(
        slug="field-reports",
        title="Field reports",
        description="Forms with photos and location that work without reception and sync later.",
        content=(
            "Build {purpose}. {audience} fill in forms with photos, signatures and location, without reception if "
            "need be; they sync when they can and say clearly what has not been sent yet. The office sees a map, a "
            "list and one PDF for each report."
        ),
        tags=("field", "report", "delivery", "tracker", "app", "mobile"),
        combo_type=TemplateCombo.APP,
    ),
    TemplateText(
        slug="decision-tool",
        title="Calculator or forecast",
        description="A few inputs, a result that explains itself, and a link that keeps it.",
        content=(
            "Build {purpose} for {audience}. It takes few inputs with sensible defaults, shows the result as one "
            "number and one chart, explains how it comes about, and keeps it under a link that can be shared. "
            "Assumptions are in one file that a person without code can edit."
        ),
        tags=("calculator", "forecast", "pipeline", "data", "custom"),
        combo_type=TemplateCombo.CUSTOM,
    ),
)


def add_missing(db: DbSession, now: datetime) -> int:
    """Store the templates whose titles nobody has used yet, as if 40 days old; returns how many there were."""
    known = set(db.scalars(select(PromptTemplate.title)))
    rows = [
        {
            "title": template.title,
            "description": template.description,
            "content": template.content,
            "tags": list(template.tags),
            "combo_type": template.combo_type,
            "created_at": now - timedelta(days=40, minutes=position),
        }
        for position, template in enumerate(TEMPLATES)
        if template.title not in known
    ]
    if rows:
        db.execute(insert(PromptTemplate), rows)
    return len(rows)
