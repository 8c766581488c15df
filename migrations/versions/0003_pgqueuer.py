"""PgQueuer's own tables, as the pinned release declares them."""

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(QueryBuilderEnvironment().build_install_query())


def downgrade() -> None:
    op.get_bind().exec_driver_sql(QueryBuilderEnvironment().build_uninstall_query())
