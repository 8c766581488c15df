"""Who may do what with people: second factors, accounts, tokens, acting as somebody, and what is open to all."""

from tests.access.cells import act, get, post

TABLE = """
                                    visitor  member's own  member, other's  viewer  operator  admin
second factors
  own second factors                login    ok            ok               ok      ok        ok
  set an app up                     401      ok            ok               ok      ok        ok
  remove an app                     401      404           404              404     404       404
  sign-in rules                     login    403           403              403     403       ok
  set sign-in rules                 401      403           403              403     403       ok
  reset a second factor             401      403           403              403     403       ok
  second step without a first       login    ok            ok               ok      ok        ok
one's account
  where one is signed in            login    ok            ok               ok      ok        ok
  form of one's password            login    ok            ok               ok      ok        ok
  set one's first password          401      422           422              422     422       422
  end a sign-in                     401      ok            404              404     404       ok
  end all other sign-ins            401      ok            ok               ok      ok        ok
  sign out everywhere               401      login         login            login   login     login
  end another's sign-ins            401      403           403              403     403       ok
  end another's one sign-in         401      403           403              403     403       ok
  make another a reset link         401      403           403              403     403       ok
  form for a lost password          ok       ok            ok               ok      ok        ok
api tokens
  own api tokens                    login    ok            ok               ok      ok        ok
  form of an api token              login    ok            ok               ok      ok        ok
  make an api token                 401      ok            ok               ok      ok        ok
  revoke an api token               401      ok            404              404     404       ok
  all api tokens                    login    403           403              403     403       ok
  export all api tokens             login    403           403              403     403       ok
  api token details                 login    403           403              403     403       ok
  revoke api tokens in bulk         401      403           403              403     403       ok
acting as somebody
  act as somebody                   401      403           403              403     403       ok
  form for changes                  login    403           403              403     403       ok
  allow changes                     401      403           403              403     403       409
  stop acting as somebody           401      403           403              403     403       ok
open to all
  sign-in page                      ok       ok            ok               ok      ok        ok
  alive                             ok       ok            ok               ok      ok        ok
  ready                             ok       ok            ok               ok      ok        ok
more of one's account, and ways in
  own account                       login    ok            ok               ok      ok        ok
  people, where they sign in        login    403           403              403     403       ok
  own identities                    login    ok            ok               ok      ok        ok
  unlink an identity                401      ok            404              404     404       404
  link an identity                  401      404           404              404     404       404
  form of an app                    login    ok            ok               ok      ok        ok
  form of a passkey                 login    ok            ok               ok      ok        ok
  ask for a passkey                 401      ok            ok               ok      ok        ok
  add a passkey                     401      422           422              422     422       422
  remove a passkey                  401      ok            404              404     404       404
  renew recovery codes              401      ok            ok               ok      ok        ok
  the first page                    ok       ok            ok               ok      ok        ok
  sign in by a wrong password       ok       ok            ok               ok      ok        ok
  sign out                          login    login         login            login   login     login
  ask for a passkey to sign in      ok       ok            ok               ok      ok        ok
  sign in by no passkey             422      422           422              422     422       422
  second step by nothing            login    ok            ok               ok      ok        ok
  ask for a second step             409      409           409              409     409       409
  second step by no passkey         409      409           409              409     409       409
  form to confirm who one is        login    ok            ok               ok      ok        ok
  confirm by a wrong password       login    ok            ok               ok      ok        ok
  ask for a passkey to confirm      409      ok            ok               ok      ok        ok
  confirm by no passkey             409      422           422              422     422       422
  confirm a second factor of none   login    ok            ok               ok      ok        ok
  confirm none by nothing           login    ok            ok               ok      ok        ok
  ask for a new password            login    login         login            login   login     login
  a reset link that is none         410      410           410              410     410       410
  reset by a link that is none      410      410           410              410     410       410
  a first link that is none         410      410           410              410     410       410
  begin by a link that is none      410      410           410              410     410       410
  sign in by no provider            404      ok            ok               ok      ok        ok
  back from no provider             404      404           404              404     404       404
  confirm by no provider            login    404           404              404     404       404
"""
ACTIONS = {
    "own second factors": get("/console/account/second-factors/"),
    "set an app up": post("/console/account/second-factors/app", code="123456"),
    "remove an app": post("/console/account/second-factors/app/remove"),
    "sign-in rules": get("/console/sign-in-rules/"),
    "set sign-in rules": post("/console/sign-in-rules/", role="admin"),
    "reset a second factor": post("/console/sign-in-rules/people/{person}/reset"),
    "second step without a first": get("/login/second-step"),
    "where one is signed in": get("/console/account/sign-ins"),
    "form of one's password": get("/console/account/password"),
    "set one's first password": post("/console/account/password"),
    "end a sign-in": post("/console/account/sign-ins/{sign_in}/end"),
    "end all other sign-ins": post("/console/account/sign-ins/end-others"),
    "sign out everywhere": post("/console/account/sign-ins/end-all"),
    "end another's sign-ins": post("/console/people/{person}/end-sign-ins"),
    "end another's one sign-in": post("/console/people/sign-ins/{sign_in}/end"),
    "make another a reset link": post("/console/people/{person}/reset-link"),
    "form for a lost password": get("/reset"),
    "own api tokens": get("/console/account/tokens/"),
    "form of an api token": get("/console/account/tokens/new"),
    "make an api token": post("/console/account/tokens/new", name="N", scope="read", days="7", new_id="{unused}"),
    "revoke an api token": post("/console/account/tokens/{token}/revoke"),
    "all api tokens": get("/admin/api_token/"),
    "export all api tokens": get("/admin/api_token/export/csv/"),
    "api token details": get("/admin/api_token/details/?id={token}"),
    "revoke api tokens in bulk": act("api_token", "revoke", "{token}"),
    "act as somebody": post("/console/acting/start", person="{person}", reason="A ticket"),
    "form for changes": get("/console/acting/"),
    "allow changes": post("/console/acting/"),
    "stop acting as somebody": post("/console/acting/stop"),
    "sign-in page": get("/login"),
    "alive": get("/healthz"),
    "ready": get("/readyz"),
    "own account": get("/console/account/"),
    "people, where they sign in": get("/console/people/"),
    "own identities": get("/console/account/identities/"),
    "unlink an identity": post("/console/account/identities/{identity}/unlink"),
    "link an identity": post("/console/account/identities/link"),
    "form of an app": get("/console/account/second-factors/app"),
    "form of a passkey": get("/console/account/second-factors/passkeys/new"),
    "ask for a passkey": post("/console/account/second-factors/passkeys/options"),
    "add a passkey": post("/console/account/second-factors/passkeys"),
    "remove a passkey": post("/console/account/second-factors/passkeys/{passkey}/remove"),
    "renew recovery codes": post("/console/account/second-factors/recovery-codes"),
    "the first page": get("/"),
    "sign in by a wrong password": post("/login", email="nobody@example.com", password="wrong"),
    "sign out": post("/logout"),
    "ask for a passkey to sign in": post("/login/passkey/options"),
    "sign in by no passkey": post("/login/passkey"),
    "second step by nothing": post("/login/second-step"),
    "ask for a second step": post("/login/second-step/passkey/options"),
    "second step by no passkey": post("/login/second-step/passkey"),
    "form to confirm who one is": get("/verify"),
    "confirm by a wrong password": post("/verify", password="wrong"),
    "ask for a passkey to confirm": post("/verify/passkey/options"),
    "confirm by no passkey": post("/verify/passkey"),
    "confirm a second factor of none": get("/verify/second-step"),
    "confirm none by nothing": post("/verify/second-step"),
    "ask for a new password": post("/reset", email="nobody@example.com"),
    "a reset link that is none": get("/reset/{unused}"),
    "reset by a link that is none": post("/reset/{unused}"),
    "a first link that is none": get("/first-admin/{unused}"),
    "begin by a link that is none": post("/first-admin/{unused}"),
    "sign in by no provider": get("/login/provider"),
    "back from no provider": get("/login/provider/back"),
    "confirm by no provider": post("/verify/provider"),
}
