"""The audit trail as a list."""

from admin_views.model_view import ConsoleModelView
from services.permissions import Permission


class AuditEventView(ConsoleModelView):
    """Audit events: who did what; rows are only ever added, by the acts themselves."""

    permission = Permission.SEE_AUDIT
    column_list = ("at", "actor", "tag", "subject_kind", "subject_id", "before", "after", "origin")
    column_details_list = (
        "id",
        "at",
        "actor",
        "actor_id",
        "origin",
        "tag",
        "subject_kind",
        "subject_id",
        "before",
        "after",
    )
    column_searchable_list = ("actor", "tag", "origin")
    column_filters = ("tag", "at", "actor", "subject_kind", "subject_id", "actor_id", "origin", "id")
    column_sortable_list = ("at", "actor", "tag")
    column_default_sort = ("at", True)
    column_labels = {
        "at": "When",
        "actor": "Who",
        "actor_id": "Person’s id",
        "tag": "Act",
        "subject_kind": "Kind",
        "subject_id": "Record’s id",
        "origin": "From",
        "id": "Id",
    }
