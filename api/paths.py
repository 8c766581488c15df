"""What may stand in a path where an id is asked for."""

from werkzeug.routing import BaseConverter


class RecoveryConverter(BaseConverter):
    """Anything but the name of what lies beside recoveries, so that each address tells of its own methods alone."""

    regex = r"(?!preview\Z)[^/]+"
    part_isolating = True
