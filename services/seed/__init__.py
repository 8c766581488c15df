"""Demo data: 30 days of believable onboarding, made from a seed in bulk SQL."""

from services.seed.hooks import default_hook
from services.seed.load import SEED_LIMIT, SESSIONS_LIMIT, load

__all__ = ["SEED_LIMIT", "SESSIONS_LIMIT", "default_hook", "load"]
