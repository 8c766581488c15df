"""Icons of the navigation."""


def symbol(name: str) -> dict[str, str]:
    """What gives a view one of the sprite's icons: `DeployView(Deploy, "Deploys", **symbol("rocket"))`."""
    return {"menu_icon_type": "symbol", "menu_icon_value": name}
