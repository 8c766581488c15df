"""Code that could run, load, open or decode what somebody sends stands in the files that are named here, and no others.

Whoever adds one to a list has looked at what comes in there.
"""

import ast
import re

import pytest

from config import ROOT
from tests.source import called, first, is_written_here, named, served, source_of, where

PROCESSES = (
    *("os.system", "os.popen", "os.fork", "os.forkpty", "os.startfile", "os.posix_spawn", "os.posix_spawnp"),
    *(f"os.{kind}{how}" for kind in ("spawn", "exec") for how in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
    *("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "psutil.Popen"),
)
PATTERNS = ("compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")
LIKE = ("like", "ilike", "not_like", "not_ilike", "notlike", "notilike", "regexp_match", "regexp_replace")
ESCAPING = ("icontains", "istartswith", "iendswith")
LOGS = ("debug", "info", "warning", "error", "exception", "critical")
FILES = ("read_text", "read_bytes", "write_text", "write_bytes", "send_file", "send_from_directory", "fdopen", "open")
DECODERS = ("unquote", "unquote_plus", "unquote_to_bytes", "unescape", "parse_qs", "parse_qsl", "b64decode")


def starts_a_process(source):
    return source.takes("subprocess", "multiprocessing", "pty", *PROCESSES) or source.mentions(*PROCESSES)


def runs_a_text(source):
    runs = source.mentions("eval", "exec", "__import__", "builtins.compile") or called(source, "import_string")
    compiles = any(isinstance(call.func, ast.Name) for call in called(source, "compile"))
    return bool(runs or compiles or source.takes("importlib", "runpy", "code", "codeop", "timeit"))


def revives_objects(source):
    modules = ("pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "joblib", "yaml", "copyreg")
    return source.takes(*modules) or source.mentions("PickleType")


def reads_xml(source):
    return source.takes("xml", "lxml", "defusedxml", "xmltodict", "plistlib", "bs4", "html5lib")


def leaves_python(source):
    return source.takes("ctypes", "_ctypes", "cffi", "mmap", "numpy", "array")


def makes_a_template(source):
    makers = ("render_template_string", "stream_template_string", "from_string", "DictLoader", "FunctionLoader")
    return source.mentions(*makers) or source.takes("jinja2.Template", "string.Template", "string.Formatter")


def formats_what_it_was_given(source):
    """A template of `format`, an f-string's form, a log's or a translation's text that is a variable."""
    filled = [one.format_spec for one in source.formats if one.format_spec]
    told = [
        call for call in called(source, *LOGS) if named(getattr(call.func, "value", None)).lower() in ("_log", "log")
    ]
    told += called(source, "gettext", "ngettext", "lazy_gettext", "_gettext")
    templates = [_template(call) for call in called(source, "format", "format_map") if call.args or call.keywords]
    return not all(map(is_written_here, [*filled, *map(first, told), *templates]))


def _template(call):
    template = getattr(call.func, "value", None)
    is_markup = isinstance(template, ast.Call) and named(template.func) in ("Markup", "SQL")
    return first(template) if is_markup else template


def makes_a_statement(source):
    made = called(source, "text", "text_", "literal_column", "exec_driver_sql", "SQL", "DDL", "TextClause")
    return not all(map(is_written_here, map(first, made)))


def makes_a_pattern(source):
    """A regular expression that is not all written in the source, or a LIKE whose pattern nothing escapes."""
    regular = [call for call in called(source, *PATTERNS) if named(getattr(call.func, "value", None)) == "re"]
    likes = [first(call) for call in called(source, *LIKE) if isinstance(call.func, ast.Attribute)]
    likes = [one for one in likes if not (isinstance(one, ast.Call) and named(one.func) in ("like", "_pattern"))]
    bare = [call for call in called(source, *ESCAPING) if "autoescape=True" not in map(ast.unparse, call.keywords)]
    return bool(bare) or not all(map(is_written_here, [*map(first, regular), *likes]))


def opens_files(source):
    opened = [call for call in called(source, *FILES) if named(call.func) != "open" or isinstance(call.func, ast.Name)]
    return (
        bool(opened)
        or source.mentions("os.open", "path.open")
        or source.takes("shutil", "tempfile", "zipfile", "tarfile")
    )


def decodes(source):
    return bool(called(source, *DECODERS, "urlsafe_b64decode"))


def makes_markup(source):
    return not all(map(is_written_here, map(first, called(source, "Markup"))))


BROKEN = [
    (starts_a_process, "import subprocess"),
    (starts_a_process, "from subprocess import run"),
    (starts_a_process, "os.system(f'host {name}')"),
    (starts_a_process, "from os import popen"),
    (starts_a_process, "await asyncio.create_subprocess_shell(asked)"),
    (runs_a_text, "eval(request.args['q'])"),
    (runs_a_text, "list(map(eval, texts))"),
    (runs_a_text, "compile(text, 'x', 'exec')"),
    (runs_a_text, "import importlib"),
    (revives_objects, "from pickle import loads"),
    (revives_objects, "import yaml"),
    (reads_xml, "from xml.etree import ElementTree"),
    (leaves_python, "import ctypes"),
    (makes_a_template, "render_template_string(request.form['title'])"),
    (makes_a_template, "app.jinja_env.from_string(text)"),
    (makes_a_template, "from string import Template"),
    (formats_what_it_was_given, "request.args['q'].format(person=person)"),
    (formats_what_it_was_given, "Markup(told).format(name)"),
    (formats_what_it_was_given, "f'{number:{asked}}'"),
    (formats_what_it_was_given, "_log.warning(told)"),
    (formats_what_it_was_given, "gettext(told)"),
    (makes_a_statement, "db.execute(text(f\"SELECT * FROM users WHERE name = '{name}'\"))"),
    (makes_a_statement, "cursor.execute(SQL('SELECT ' + asked))"),
    (makes_a_pattern, "re.search(term, stored)"),
    (makes_a_pattern, "re.compile(f'^{term}')"),
    (makes_a_pattern, "column.ilike(f'%{term}%')"),
    (makes_a_pattern, "column.icontains(term)"),
    (opens_files, "open(request.args['file'])"),
    (opens_files, "send_from_directory(STATIC, filename)"),
    (opens_files, "(ROOT / name).read_text()"),
    (decodes, "unquote(unquote(name))"),
    (makes_markup, "Markup(f'<b>{name}</b>')"),
]
KEPT = [
    (runs_a_text, "re.compile('a')"),
    (formats_what_it_was_given, "'{} of {}'.format(one, all); Markup('<b>{}</b>').format(name); NOTE.format(name)"),
    (formats_what_it_was_given, "_log.warning('No %s', name); loader.format(); f'{number:,.2f} {name}'"),
    (makes_a_statement, "text(f'SELECT {_COLUMNS} FROM users WHERE id = :id')"),
    (makes_a_pattern, "re.compile(rf'{_NAME}+'); text.split(term); a.ilike(like(b)); a.icontains(b, autoescape=True)"),
]


@pytest.mark.parametrize(("rule", "code"), BROKEN, ids=[code for _, code in BROKEN])
def test_what_breaks_a_rule_is_found(rule, code):
    assert rule(source_of(code))


@pytest.mark.parametrize(("rule", "code"), KEPT, ids=[code for _, code in KEPT])
def test_what_keeps_it_is_not(rule, code):
    assert not rule(source_of(code))


def test_what_requests_reach_uses_nothing_that_is_run_by_hand():
    by_hand = ("bench", "commands", "demo", "migrations", "scripts", "services.seed", "tests")

    assert len(served()) > 400
    assert where(lambda source: source.takes(*by_hand)) == {"app.py", "cli.py"}  # which tell `flask` of commands


def test_no_process_is_started_but_a_database_for_trying_out():
    assert where(starts_a_process) == {"embedded_database.py"}


def test_no_text_is_run_as_code():
    assert where(runs_a_text) == set()


def test_no_objects_are_made_of_what_is_stored_or_sent():
    assert where(revives_objects) == set()


def test_no_xml_is_read():
    assert where(reads_xml) == set()


def test_no_memory_is_handled_by_hand():
    assert where(leaves_python) == set()


def test_no_template_is_made_of_a_text():
    assert where(makes_a_template) == set()


def test_every_format_is_written_in_the_source():
    assert where(formats_what_it_was_given) == {
        "admin_views/cell_edits.py",  # a picker's loader has a method of this name
        "admin_views/edit_conflicts.py",  # likewise
        "admin_views/form_types.py",  # the places of a number, as the view names them
        "admin_views/pick_loaders.py",  # a loader's method
        "admin_views/pickers.py",  # likewise
        "admin_views/view_checks.py",  # what is wrong with a developer's view
        "people/sign_ins.py",  # words of a table of ours
        "services/database_logins.py",  # likewise
        "services/deploys/failure_words.py",  # likewise
        "services/exports/statement.py",  # likewise, around names of columns
    }


def test_every_statement_is_written_in_the_source_but_where_names_of_tables_come_in():
    assert where(makes_a_statement) == {
        "admin_views/pick_loaders.py",  # conditions that a developer's view names
        "models/base.py",  # columns of indexes
        "services/chain/sealing.py",  # conditions of ours
        "services/chain/verifying.py",  # likewise
        "services/constants.py",  # numbers and words of code, quoted
        "services/database_logins.py",  # names of logins, as PostgreSQL quotes them
        "services/deploys/recovery/start.py",  # a number of ours
        "services/patience.py",  # names of settings, and values as psycopg quotes them
        "services/summary.py",  # names of models' tables
        "services/trash/delete.py",  # names of the catalogue, quoted
        "services/trash/follow.py",  # likewise
        "services/trash/reach.py",  # likewise
        "services/trash/restore.py",  # likewise
    }


def test_every_pattern_is_written_in_the_source_or_escapes_what_was_typed():
    assert where(makes_a_pattern) == {
        "admin_views/notations.py",  # a number of digits
        "admin_views/pick_loaders.py",  # a variable that holds what `like` made
        "services/deploys/echoes.py",  # parts of a hook, through re.escape
        "services/exports/fields.py",  # a pattern of ours, as a parameter
        "services/exports/screen.py",  # letters of ours
        "services/listing/search_fields.py",  # what services.listing.sought escaped
    }


def test_files_are_opened_where_their_names_are_the_console_s_own():
    assert where(opens_files) == {
        "api/summary.py",  # files of the console's own
        "assets.py",  # those under static/, found before anybody asks
        "embedded_database.py",  # those of the data directory
        "services/breaches.py",  # what BREACHED_PASSWORDS names
        "services/exports/making.py",  # one without a name
        "settings/keys.py",  # those of the data directory
        "settings/people.py",  # what BREACHED_PASSWORDS names
    }


def test_what_was_encoded_is_decoded_where_that_is_expected_and_nowhere_else():
    assert where(decodes) == {
        "admin_views/detail_sections.py",  # markup that was escaped a moment before
        "admin_views/list_columns.py",  # arguments of a list, which a form sends back
        "admin_views/list_counts.py",  # an address that the list made
        "admin_views/list_filters.py",  # likewise
        "log_scrubbing.py",  # addresses, to find secrets in them
        "services/deploys/echoes.py",  # a hook, to find it in an answer
        "services/deploys/shape.py",  # an answer in HTML, once its tags are gone; what is made of it is a text
        "services/saved_views.py",  # arguments of a list, once
        "services/url_secrets.py",  # addresses, to find secrets in them
        "services/second_factors/challenges.py",  # what the console signed
        "settings/keys.py",  # keys
        "settings/people.py",  # SMTP_URL
    }


def test_no_script_listens_to_what_other_windows_say_nor_writes_markup():
    scripts = {path.name: path.read_text() for path in (ROOT / "static" / "js").iterdir()}
    listening = {name for name, text in scripts.items() if re.search(r"""["']message["']|onmessage""", text)}
    writing = r"innerHTML\s*\+?=|outerHTML\s*=|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function"

    assert listening == {"out_of_date.js"}  # to a BroadcastChannel, which this site's own pages alone can speak on
    assert "window.addEventListener" not in scripts["out_of_date.js"]
    assert [name for name, text in scripts.items() if re.search(writing, text)] == []


def test_markup_is_made_where_all_that_comes_in_is_escaped():
    assert where(makes_markup) == {
        "admin_views/chips.py",  # escapes names and sprites
        "admin_views/form_fields.py",  # markup of a field's widget
        "admin_views/formatters.py",  # escapes the text; ids and digits beside it
        "admin_views/list_cells.py",  # markup that Flask-Admin made
        "admin_views/row_actions.py",  # escapes what is of the row
        "admin_views/row_writer.py",  # escapes each cell
        "admin_views/theme.py",  # markup of the code of views
    }
