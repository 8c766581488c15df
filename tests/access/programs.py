"""Who may do what with what programs ask for."""

from tests.access.cells import Action, get
from tests.records import HOOK

TABLE = """
                                    visitor  member's own  member, other's  viewer  operator  admin
api
  api: summary                      401      ok            ok               ok      ok        ok
  api: read session                 401      ok            404              ok      ok        ok
  api: read project                 401      ok            404              ok      ok        ok
  api: read deploy                  401      ok            404              ok      ok        ok
  api: deploy session               401      ok            404              403     ok        ok
  api: deploy to another hook       401      403           404              403     403       ok
  api: move project forward         401      403           403              403     ok        ok
  api: move project back            401      403           403              403     409       ok
  api: edit prompt                  401      403           403              403     ok        ok
  api: edit config                  401      403           403              403     ok        ok
  api: read deliveries              401      403           403              ok      ok        ok
  api: pause deliveries             401      403           403              403     ok        ok
  api: resume deliveries            401      403           403              403     409       409
documents
  api: its pages                    login    ok            ok               ok      ok        ok
  api: its description              401      ok            ok               ok      ok        ok
"""
ACTIONS = {
    "api: summary": get("/api/console/summary"),
    "api: read session": get("/api/sessions/{session}"),
    "api: read project": get("/api/projects/{project}"),
    "api: read deploy": get("/api/deploys/{failed}"),
    "api: deploy session": Action("POST", "/api/console/deploy/{session}", json={}),
    "api: deploy to another hook": Action("POST", "/api/console/deploy/{session}", json={"hookUrl": HOOK}),
    "api: move project forward": Action("PATCH", "/api/projects/{project}", json={"status": "deploy_configured"}),
    "api: move project back": Action(
        "PATCH", "/api/projects/{project}", json={"status": "prompt_ready", "reason": "It broke."}
    ),
    "api: edit prompt": Action("PATCH", "/api/projects/{project}", json={"prompt_text": "P"}),
    "api: edit config": Action("PATCH", "/api/projects/{project}", json={"config": {"output_dir": "dist"}}),
    "api: read deliveries": get("/api/deliveries"),
    "api: pause deliveries": Action("POST", "/api/deliveries/pause", json={"reason": "Moving"}),
    "api: resume deliveries": Action("POST", "/api/deliveries/resume", json={}),
    "api: its pages": get("/api/docs"),
    "api: its description": get("/api/openapi.json"),
}
