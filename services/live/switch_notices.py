"""What no trigger tells: that somebody turned a switch of deliveries, or set what one host is asked for."""

from sqlalchemy import insert

from models import LIVE_NOTICES
from services.database import DbSession
from services.live.notices import Kind, Op


def tell_of_host(db: DbSession) -> None:
    """Have pages that show hosts renew themselves, once the transaction commits.

    Hosts have no ids: the notice says that one changed, and that it is nobody's own.
    """
    db.execute(insert(LIVE_NOTICES).values(kind=Kind.HOST, op=Op.UPDATE, beyond=1))
