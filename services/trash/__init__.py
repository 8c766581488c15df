"""The trash: deleted records, kept with all that went with them until they are restored or their time is over."""

from services.trash.contents import Content, contents_of, fields_of
from services.trash.delete import KEPT, delete
from services.trash.kinds import KINDS, Kind, kind_of
from services.trash.listing import PAGE, get, newest
from services.trash.preview import Preview, Related, preview
from services.trash.purge import purge
from services.trash.restore import restore

__all__ = [
    "KEPT",
    "KINDS",
    "PAGE",
    "Content",
    "Kind",
    "Preview",
    "Related",
    "contents_of",
    "delete",
    "fields_of",
    "get",
    "kind_of",
    "newest",
    "preview",
    "purge",
    "restore",
]
