"""What is said of an act on the next page."""

from flask import flash

from admin_views.flashes import flashes


def test_a_name_turns_nothing_of_the_sentence_that_it_is_in(app):
    with app.test_request_context("/"):
        flash("The passkey “lap\u202etop\u2066” عربي 👩‍💻 is added.", "success")

        [said] = flashes()

    assert said.text == "The passkey “laptop” عربي 👩‍💻 is added."
    assert said.tone == "success"
