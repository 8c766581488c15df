"""Who may do what with lists, exports, and what is kept of how each looks."""

from tests.access.cells import get, post

TABLE = """
                                    visitor  member's own  member, other's  viewer  operator  admin
lists
  sessions                          login    ok            ok               ok      ok        ok
  projects                          login    ok            ok               ok      ok        ok
  configs                           login    ok            ok               ok      ok        ok
  rooms                             login    ok            ok               ok      ok        ok
  deploys                           login    ok            ok               ok      ok        ok
  attempts                          login    ok            ok               ok      ok        ok
  templates                         login    403           403              ok      ok        ok
  people                            login    403           403              ok      ok        ok
  audit trail                       login    403           403              ok      ok        ok
exports
  export sessions                   login    ok            ok               ok      ok        ok
  export deploys                    login    ok            ok               ok      ok        ok
  export templates                  login    403           403              ok      ok        ok
  export people                     login    403           403              ok      ok        ok
  export audit trail                login    403           403              ok      ok        ok
saved views
  saved views                       login    ok            ok               ok      ok        ok
  form of a view                    login    ok            404              404     404       404
  save a view                       401      ok            ok               ok      ok        ok
  share a view                      401      403           403              403     ok        ok
  change a view                     401      ok            404              404     404       404
  overwrite a view                  401      ok            404              404     404       404
  delete a view                     401      ok            404              404     404       404
  pin a view                        401      ok            404              404     404       404
  open a list with a view           401      ok            404              404     404       404
  unpin a view                      401      ok            ok               ok      ok        ok
  move a pinned view                401      ok            ok               ok      ok        ok
  change a shared view              401      403           403              403     403       ok
  delete a shared view              401      403           403              403     403       ok
  choose columns                    401      ok            ok               ok      ok        ok
  choose rows on a page             401      ok            ok               ok      ok        ok
  choose columns of templates       401      403           403              ok      ok        ok
  count a view's rows               login    ok            ok               ok      ok        ok
  count a view of templates         login    403           403              ok      ok        ok
own exports and preferences
  own exports                       login    ok            ok               ok      ok        ok
  own exports, renewed              login    ok            ok               ok      ok        ok
  file of an export                 login    ok            404              404     404       404
  cancel an export                  401      409           404              404     404       404
  delete an export                  401      ok            404              404     404       404
  keep a preference                 401      ok            ok               ok      ok        ok
  export sessions as jsonl          login    ok            ok               ok      ok        ok
  export sessions as xlsx           login    ok            ok               ok      ok        ok
"""
ACTIONS = {
    "sessions": get("/admin/session/"),
    "projects": get("/admin/project/"),
    "configs": get("/admin/project_config/"),
    "rooms": get("/admin/room/"),
    "deploys": get("/admin/deploy/"),
    "attempts": get("/admin/attempt/"),
    "templates": get("/admin/template/"),
    "people": get("/admin/user/"),
    "audit trail": get("/admin/audit_event/"),
    "export sessions": get("/admin/session/export/csv/"),
    "export deploys": get("/admin/deploy/export/csv/"),
    "export templates": get("/admin/template/export/csv/"),
    "export people": get("/admin/user/export/csv/"),
    "export audit trail": get("/admin/audit_event/export/csv/"),
    "saved views": get("/console/views/"),
    "form of a view": get("/console/views/{view}"),
    "save a view": post("/console/views/", endpoint="session", name="V", arguments="search=x"),
    "share a view": post("/console/views/", endpoint="session", name="V", arguments="search=x", shared="1"),
    "change a view": post("/console/views/{view}", name="V"),
    "overwrite a view": post("/console/views/{view}/arguments", arguments="search=x"),
    "delete a view": post("/console/views/{view}/delete"),
    "pin a view": post("/console/views/{view}/pin"),
    "open a list with a view": post("/console/views/{view}/default"),
    "unpin a view": post("/console/views/{view}/unpin"),
    "move a pinned view": post("/console/views/{view}/move", to="up"),
    "change a shared view": post("/console/views/{shared_view}", name="V", shared="1"),
    "delete a shared view": post("/console/views/{shared_view}/delete"),
    "choose columns": post("/admin/session/columns/", column="status"),
    "choose rows on a page": post("/admin/session/page-size/", page_size="50"),
    "choose columns of templates": post("/admin/template/columns/", column="title"),
    "count a view's rows": get("/admin/session/how-many/?search=x"),
    "count a view of templates": get("/admin/template/how-many/?search=x"),
    "own exports": get("/console/exports/"),
    "own exports, renewed": get("/console/exports/live"),
    "file of an export": get("/console/exports/{export}/file"),
    "cancel an export": post("/console/exports/{export}/cancel"),
    "delete an export": post("/console/exports/{export}/delete"),
    "keep a preference": post("/console/preferences/", theme="dark"),
    "export sessions as jsonl": get("/admin/session/export/jsonl/"),
    "export sessions as xlsx": get("/admin/session/export/xlsx/"),
}
