"""Errors as people see them: one page that says what is wrong and what to do."""

from flask import current_app

TITLES = {
    400: "That can’t be understood",
    401: "Sign in first",
    403: "Not permitted",
    404: "Not found",
    405: "Not possible here",
    409: "It has changed meanwhile",
    413: "Too much at once",
    422: "That can’t be used",
    500: "Something broke",
    503: "The database is away",
}


def error_page(status: int, message: str, request_id: str) -> tuple[str, int]:
    """The page for an error, with the id under which the log has the rest."""
    title = TITLES.get(status, "That did not work")
    # Not by render_template, which asks who is signed in, and so the database, which may be what is wrong.
    page = current_app.jinja_env.get_template("error.html")
    return page.render(status=status, title=title, message=message, request_id=request_id), status
