"""The console: the first page, on which operators see what is wrong and put it right."""

from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose

from admin_views.access import PermittedView
from services.permissions import Permission


class ConsoleView(PermittedView, AdminIndexView):
    """The dashboard and the pages of single records."""

    permission = Permission.SEE_RECORDS

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self.render("console/index.html")
