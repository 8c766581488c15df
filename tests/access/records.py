"""Who may do what with records: their pages, edits and acts."""

from tests.access.cells import act, form, get, post
from tests.records import HOOK

TABLE = """
                                    visitor  member's own  member, other's  viewer  operator  admin
details
  session details                   login    ok            404              ok      ok        ok
  project details                   login    ok            404              ok      ok        ok
  config details                    login    ok            404              ok      ok        ok
  room details                      login    ok            404              ok      ok        ok
  deploy details                    login    ok            404              ok      ok        ok
  attempt details                   login    ok            404              ok      ok        ok
  template details                  login    403           403              ok      ok        ok
  project history                   login    ok            404              ok      ok        ok
  template history                  login    403           403              ok      ok        ok
  person details                    login    403           403              ok      ok        ok
edits
  open template form                login    403           403              403     403       ok
  create template                   401      403           403              403     403       ok
  edit template                     401      403           403              403     403       ok
  delete template                   401      403           403              403     403       ok
  delete templates in bulk          401      403           403              403     403       ok
  revert template                   401      403           403              403     403       404
  delete room                       401      403           403              403     403       ok
  delete rooms in bulk              401      403           403              403     403       ok
  delete project                    401      403           403              403     403       ok
  delete session                    401      403           403              403     403       ok
  trash                             login    403           403              403     403       ok
  restore what is not there         401      403           403              403     403       404
  open config form                  login    403           403              403     ok        ok
  edit config                       401      403           403              403     ok        ok
  open room form                    login    403           403              403     ok        ok
  edit room                         401      403           403              403     ok        ok
  open person form                  login    403           403              403     403       ok
  edit person                       401      403           403              403     403       ok
history is nobody's to change
  create session                    401      403           403              403     403       403
  edit session                      401      403           403              403     403       403
  edit project                      401      403           403              403     403       403
  delete deploy                     401      403           403              403     403       403
  delete deploys in bulk            401      403           403              403     403       403
  edit attempt                      401      403           403              403     403       403
  delete audit event                401      403           403              403     403       403
  delete person                     401      403           403              403     403       403
acts from lists
  retry deploy                      401      ok            404              403     ok        ok
  cancel deploy                     401      403           403              403     ok        ok
  retry session                     401      ok            404              403     ok        ok
  mark configured                   401      403           403              403     ok        ok
console
  console                           login    ok            ok               ok      ok        ok
  a widget                          login    ok            ok               ok      ok        ok
  session page                      login    ok            404              ok      ok        ok
  project page                      login    ok            404              ok      ok        ok
  deploy page                       login    ok            404              ok      ok        ok
  attempt page                      login    ok            404              ok      ok        ok
  attempt, in the reader            login    ok            404              ok      ok        ok
  where a hook is used              login    ok            ok               ok      ok        ok
  find a hook                       401      ok            ok               ok      ok        ok
  uses of a deploy's hook           login    ok            404              ok      ok        ok
  uses of a session's hook          login    ok            404              ok      ok        ok
  reveal a deploy's hook            401      403           403              403     403       ok
  reveal a session's hook           401      403           403              403     403       ok
  room page                         login    ok            404              ok      ok        ok
  studio                            login    ok            ok               ok      ok        ok
  studio of a project               login    ok            404              ok      ok        ok
  console: retry session            401      ok            404              403     ok        ok
  console: mark configured          401      403           403              403     ok        ok
  console: move project forward     401      403           403              403     ok        ok
  console: move project back        401      403           403              403     409       ok
  console: retry deploy             401      ok            404              403     ok        ok
  console: cancel deploy            401      403           403              403     ok        ok
  console: edit room                401      403           403              403     ok        ok
  console: edit prompt              401      403           403              403     ok        ok
  palette                           login    ok            ok               ok      ok        ok
  keys                              login    ok            ok               ok      ok        ok
  undo what nobody did              401      404           404              404     404       404
wizard
  wizard                            login    ok            ok               403     ok        ok
  start wizard                      401      ok            ok               403     ok        ok
  answer a draft                    401      ok            404              403     404       404
what pages renew of themselves, and the rest of the wizard
  session page, renewed             login    ok            404              ok      ok        ok
  project page, renewed             login    ok            404              ok      ok        ok
  deploy page, renewed              login    ok            404              ok      ok        ok
  attempt page, renewed             login    ok            404              ok      ok        ok
  room page, renewed                login    ok            404              ok      ok        ok
  studio, renewed                   login    ok            404              ok      ok        ok
  open a room                       login    ok            ok               ok      ok        ok
  console: retry chosen             401      ok            404              403     ok        ok
  a draft's step                    login    ok            404              403     404       404
  what came of a draft              login    ok            404              403     404       404
  what came of a draft, renewed     login    ok            404              403     404       404
  deploy a draft again              401      ok            404              403     404       404
  finish a draft                    401      422           404              403     404       404
"""
TEMPLATE = {"title": "T", "content": "C", "combo_type": "all"}
ACTIONS = {
    "session details": get("/admin/session/details/?id={session}"),
    "project details": get("/admin/project/details/?id={project}"),
    "config details": get("/admin/project_config/details/?id={config}"),
    "room details": get("/admin/room/details/?id={room}"),
    "deploy details": get("/admin/deploy/details/?id={failed}"),
    "attempt details": get("/admin/attempt/details/?id={attempt}"),
    "template details": get("/admin/template/details/?id={template}"),
    "project history": get("/admin/project/history/?id={project}"),
    "template history": get("/admin/template/history/?id={template}"),
    "person details": get("/admin/user/details/?id={person}"),
    "open template form": get("/admin/template/edit/?id={template}"),
    "create template": post("/admin/template/new/", **TEMPLATE, new_id="{unused}"),
    "edit template": form("/admin/template/edit/?id={template}", **TEMPLATE),
    "delete template": post("/admin/template/delete/", id="{template}"),
    "delete templates in bulk": act("template", "delete", "{template}"),
    "revert template": post("/admin/template/revert/", id="{template}", event="{unused}"),
    "delete room": post("/admin/room/delete/", id="{room}"),
    "delete rooms in bulk": act("room", "delete", "{room}"),
    "delete project": post("/admin/project/delete/", id="{project}"),
    "delete session": post("/admin/session/delete/", id="{session}"),
    "trash": get("/console/trash/"),
    "restore what is not there": post("/console/trash/{unused}/restore"),
    "open config form": get("/admin/project_config/edit/?id={config}"),
    "edit config": form("/admin/project_config/edit/?id={config}", deployment_target="concept_aws"),
    "open room form": get("/admin/room/edit/?id={room}"),
    "edit room": form("/admin/room/edit/?id={room}", name="R", selected_combo_type=""),
    "open person form": get("/admin/user/edit/?id={person}"),
    "edit person": form("/admin/user/edit/?id={person}", name="P", role="viewer"),
    "create session": post("/admin/session/new/"),
    "edit session": post("/admin/session/edit/?id={session}"),
    "edit project": post("/admin/project/edit/?id={project}"),
    "delete deploy": post("/admin/deploy/delete/", id="{failed}"),
    "delete deploys in bulk": act("deploy", "delete", "{failed}"),
    "edit attempt": post("/admin/attempt/edit/?id={attempt}"),
    "delete audit event": post("/admin/audit_event/delete/", id="{unused}"),
    "delete person": post("/admin/user/delete/", id="{person}"),
    "retry deploy": act("deploy", "retry", "{failed}"),
    "cancel deploy": act("deploy", "cancel", "{waiting}"),
    "retry session": act("session", "retry", "{session}"),
    "mark configured": act("project", "mark_configured", "{project}"),
    "console": get("/console/"),
    "a widget": get("/console/widgets/funnel"),
    "session page": get("/console/sessions/{session}"),
    "project page": get("/console/projects/{project}"),
    "deploy page": get("/console/deploys/{failed}"),
    "attempt page": get("/console/attempts/{attempt}"),
    "attempt, in the reader": get("/console/attempts/{attempt}/reader"),
    "where a hook is used": get("/console/hooks/"),
    "find a hook": post("/console/hooks/", hook_url=HOOK),
    "uses of a deploy's hook": get("/console/hooks/deploys/{failed}"),
    "uses of a session's hook": get("/console/hooks/sessions/{session}"),
    "reveal a deploy's hook": post("/console/hooks/deploys/{failed}/reveal"),
    "reveal a session's hook": post("/console/hooks/sessions/{session}/reveal"),
    "room page": get("/console/rooms/{room}"),
    "studio": get("/console/studio"),
    "studio of a project": get("/console/studio/{project}"),
    "console: retry session": post("/console/sessions/{session}/retry"),
    "console: mark configured": post("/console/projects/{project}/configure"),
    "console: move project forward": post("/console/projects/{project}/move", to="deploy_configured"),
    "console: move project back": post("/console/projects/{project}/move", to="prompt_ready", reason="It broke."),
    "console: retry deploy": post("/console/deploys/{failed}/retry"),
    "console: cancel deploy": post("/console/deploys/{waiting}/cancel"),
    "console: edit room": form("/console/rooms/{room}", name="R", current_prompt_text="P", selected_combo_type=""),
    "console: edit prompt": form("/console/studio/{project}", prompt_text="P"),
    "palette": get("/console/palette/?q={session}"),
    "keys": get("/console/palette/keys"),
    "undo what nobody did": post("/console/undo/", events="{unused}"),
    "wizard": get("/wizard/"),
    "start wizard": post("/wizard/start"),
    "answer a draft": post("/wizard/{draft}/purpose", purpose="A shop"),
    "session page, renewed": get("/console/sessions/{session}/live"),
    "project page, renewed": get("/console/projects/{project}/live"),
    "deploy page, renewed": get("/console/deploys/{failed}/live"),
    "attempt page, renewed": get("/console/attempts/{attempt}/live"),
    "room page, renewed": get("/console/rooms/{room}/live"),
    "studio, renewed": get("/console/studio/{project}/live"),
    "open a room": get("/console/open-room?room={room}"),
    "console: retry chosen": post("/console/retry", session="{session}"),
    "a draft's step": get("/wizard/{draft}/purpose"),
    "what came of a draft": get("/wizard/{done}/done"),
    "what came of a draft, renewed": get("/wizard/{done}/done/live"),
    "deploy a draft again": post("/wizard/{session}/again"),
    "finish a draft": post("/wizard/{draft}/finish"),
}
