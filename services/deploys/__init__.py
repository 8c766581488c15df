"""Deploys: request, deliver, back off, retry, cancel."""

from services.deploys.hooks import mask
from services.deploys.request import cancel, get_deploy, redeploy, request, retry, undo_cancel

__all__ = ["cancel", "get_deploy", "mask", "redeploy", "request", "retry", "undo_cancel"]
