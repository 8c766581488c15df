from models import Role


def test_a_tag_of_who_sees_more_does_not_hold_for_who_sees_less_nor_the_other_way_round(make, sign_in):
    make.session(survey={"colour": "zqgreen"})
    operator, viewer = sign_in(Role.OPERATOR), sign_in(Role.VIEWER)
    whole, masked = (browser.get("/api/console/summary") for browser in (operator, viewer))
    tags = {"If-None-Match": f"{whole.headers['ETag']}, {masked.headers['ETag']}"}

    assert whole.headers["ETag"] != masked.headers["ETag"]
    assert whole.json["recentOnboarding"][0]["metadata"] == {"colour": "zqgreen"}
    assert masked.json["recentOnboarding"][0]["metadata"] == {"colour": "•••"}
    for browser, foreign in ((viewer, whole), (operator, masked)):
        assert (
            browser.get("/api/console/summary", headers={"If-None-Match": foreign.headers["ETag"]}).status_code == 200
        )
    assert all(browser.get("/api/console/summary", headers=tags).status_code == 304 for browser in (operator, viewer))


def test_a_project_has_one_tag_since_nothing_of_it_is_masked(make, sign_in):
    project = make.project()

    answers = [sign_in(role).get(f"/api/projects/{project.id}") for role in (Role.OPERATOR, Role.VIEWER)]

    assert answers[0].json == answers[1].json
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


def test_who_asked_for_a_deploy_is_masked_by_role(make, sign_in):
    deploy = make.deploy(actor="zqop@zqhouse.example")
    address = f"/api/deploys/{deploy.id}"

    shown = {role: sign_in(role).get(address).json["deploy"]["actor"] for role in list(Role)[1:]}

    assert shown == {Role.VIEWER: "z•••@•••", Role.OPERATOR: deploy.actor, Role.ADMIN: deploy.actor}
