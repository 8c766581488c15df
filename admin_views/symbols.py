"""Icons by the names that views give them."""

from functools import lru_cache

_ALIKE = (
    "ban",
    "calendar",
    "check",
    "copy",
    "download",
    "external-link",
    "eye",
    "flag",
    "home",
    "key",
    "link",
    "list",
    "lock",
    "pencil",
    "plus",
    "refresh",
    "rocket",
    "search",
    "star",
    "tag",
    "trash",
    "upload",
    "user",
    "users",
)
"""Icons that have the same name in fonts and in the sprite."""
_OF_FONTS = {name: name for name in _ALIKE} | {
    "eye-open": "eye",
    "edit": "pencil",
    "remove": "x",
    "times": "x",
    "ok": "check",
    "cog": "settings",
    "cogs": "settings",
    "gear": "settings",
    "wrench": "tool",
    "repeat": "refresh",
    "sync": "refresh",
    "play": "player-play",
    "pause": "player-pause",
    "stop": "player-stop",
    "envelope": "send",
    "paper-plane": "send",
    "file": "file-text",
    "clock-o": "clock",
    "print": "printer",
}
"""What fonts of icons call some of them, in the sprite's words."""
_PREFIXES = ("fa-", "glyphicon-", "symbol-")


def symbol(name: str) -> dict[str, str]:
    """What gives a view one of the sprite's icons: `DeployView(Deploy, "Deploys", **symbol("rocket"))`."""
    return {"menu_icon_type": "symbol", "menu_icon_value": name}


@lru_cache(maxsize=1_000)
def symbol_of(icon_class: str | None) -> str:
    """The icon for a class of a font of icons (`fa fa-eye`), which is not served; what is not known leads on."""
    found = "external-link"
    for part in (icon_class or "").split():
        for prefix in _PREFIXES:
            part = part.removeprefix(prefix)
        found = _OF_FONTS.get(part, found)
    return found
