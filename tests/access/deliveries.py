"""Who may do what with deliveries, failures, bulk jobs and recoveries."""

from tests.access.cells import Action, act, get, post

TABLE = """
                                    visitor  member's own  member, other's  viewer  operator  admin
deliveries
  deliveries page                   login    403           403              ok      ok        ok
  pause deliveries                  401      403           403              403     ok        ok
  resume deliveries                 401      403           403              403     409       409
  pause a host                      401      403           403              403     ok        ok
  try a host now                    401      403           403              403     409       409
  set a host's limits               401      403           403              403     403       ok
failures
  failures                          login    403           403              ok      ok        ok
  failure group                     login    403           403              ok      ok        ok
  failure group by fingerprint      login    403           403              ok      ok        ok
  resolve failure group             401      403           403              403     ok        ok
  ignore failure group              401      403           403              403     ok        ok
  reopen failure group              401      403           403              403     409       409
  api: list failure groups          401      403           403              ok      ok        ok
  api: read failure group           401      403           403              ok      ok        ok
  api: resolve failure group        401      403           403              403     ok        ok
  api: ignore failure group         401      403           403              403     ok        ok
  api: reopen failure group         401      403           403              403     409       409
bulk jobs
  bulk jobs                         login    ok            ok               403     ok        ok
  bulk job                          login    ok            404              403     404       ok
  bulk job, renewed                 login    ok            404              403     404       ok
  preview retrying all              login    ok            ok               403     ok        ok
  preview cancelling all            login    403           403              403     ok        ok
  cancel all that match             401      403           403              403     ok        ok
  retry all without their count     401      422           422              403     422       422
  cancel all from the list          401      403           403              403     ok        ok
  cancel a bulk job                 401      ok            404              403     404       ok
  undo another's act                401      403           404              403     404       403
  retry what failed for another     401      403           404              403     404       403
recoveries
  recoveries                        login    403           403              ok      ok        ok
  recovery page                     login    403           403              ok      ok        ok
  recovery page, renewed            login    403           403              ok      ok        ok
  preview recovery                  login    403           403              403     ok        ok
  preview chosen deploys            401      403           403              403     ok        ok
  start recovery                    401      403           403              403     ok        ok
  pause recovery                    401      403           403              403     ok        ok
  resume recovery                   401      403           403              403     409       409
  abort recovery                    401      403           403              403     ok        ok
  recover from the list             401      403           403              403     ok        ok
  api: preview recovery             401      403           403              403     ok        ok
  api: start recovery               401      403           403              403     ok        ok
  api: list recoveries              401      403           403              ok      ok        ok
  api: read recovery                401      403           403              ok      ok        ok
  api: list recovery items          401      403           403              ok      ok        ok
  api: pause recovery               401      403           403              403     ok        ok
  api: resume recovery              401      403           403              403     409       409
  api: abort recovery               401      403           403              403     ok        ok
what pages renew of themselves
  deliveries page, renewed          login    403           403              ok      ok        ok
  failure group, renewed            login    403           403              ok      ok        ok
"""
ACTIONS = {
    "deliveries page": get("/console/deliveries/"),
    "pause deliveries": post("/console/deliveries/pause", reason="Moving"),
    "resume deliveries": post("/console/deliveries/resume"),
    "pause a host": post("/console/deliveries/pause", host="hooks.example.com", reason="Moving"),
    "try a host now": post("/console/deliveries/try", host="hooks.example.com"),
    "set a host's limits": post("/console/deliveries/limits", host="hooks.example.com", max_in_flight="2"),
    "failures": get("/console/failures/"),
    "failure group": get("/console/failures/{group}"),
    "failure group by fingerprint": get("/console/failures/of/1:known"),
    "resolve failure group": post("/console/failures/{group}/resolve"),
    "ignore failure group": post("/console/failures/{group}/ignore"),
    "reopen failure group": post("/console/failures/{group}/reopen"),
    "api: list failure groups": get("/api/failure-groups"),
    "api: read failure group": get("/api/failure-groups/{group}"),
    "api: resolve failure group": Action("POST", "/api/failure-groups/{group}/resolve", json={}),
    "api: ignore failure group": Action("POST", "/api/failure-groups/{group}/ignore", json={}),
    "api: reopen failure group": Action("POST", "/api/failure-groups/{group}/reopen", json={}),
    "bulk jobs": get("/console/bulk/"),
    "bulk job": get("/console/bulk/{job}"),
    "bulk job, renewed": get("/console/bulk/{job}/live?part=items"),
    "preview retrying all": get("/console/bulk/new/deploy/retry"),
    "preview cancelling all": get("/console/bulk/new/deploy/cancel"),
    "cancel all that match": post("/console/bulk/new/deploy/cancel", job="{unused}"),
    "retry all without their count": post("/console/bulk/new/deploy/retry", job="{unused}"),
    "cancel all from the list": post("/admin/deploy/action/", action="cancel", all_matching="1"),
    "cancel a bulk job": post("/console/bulk/{job}/cancel"),
    "undo another's act": post("/console/bulk/{job}/undo", job="{unused}"),
    "retry what failed for another": post("/console/bulk/{job}/retry", job="{unused}"),
    "recoveries": get("/console/recoveries/"),
    "recovery page": get("/console/recoveries/{recovery}"),
    "recovery page, renewed": get("/console/recoveries/{recovery}/live?part=progress"),
    "preview recovery": get("/console/recoveries/new?all=1"),
    "preview chosen deploys": post("/console/recoveries/new", rowid="{failed}"),
    "start recovery": post("/console/recoveries/", deploys="{failed}", as_of="{moment}", halt_share="20%"),
    "pause recovery": post("/console/recoveries/{recovery}/pause"),
    "resume recovery": post("/console/recoveries/{recovery}/resume"),
    "abort recovery": post("/console/recoveries/{recovery}/abort"),
    "recover from the list": act("deploy", "recover", "{failed}"),
    "api: preview recovery": Action("POST", "/api/recoveries/preview", json={"all": True}),
    "api: start recovery": Action("POST", "/api/recoveries", json={"deploys": ["{failed}"], "as_of": "{moment}"}),
    "api: list recoveries": get("/api/recoveries"),
    "api: read recovery": get("/api/recoveries/{recovery}"),
    "api: list recovery items": get("/api/recoveries/{recovery}/items"),
    "api: pause recovery": Action("POST", "/api/recoveries/{recovery}/pause", json={}),
    "api: resume recovery": Action("POST", "/api/recoveries/{recovery}/resume", json={}),
    "api: abort recovery": Action("POST", "/api/recoveries/{recovery}/abort", json={}),
    "deliveries page, renewed": get("/console/deliveries/live"),
    "failure group, renewed": get("/console/failures/{group}/live"),
}
