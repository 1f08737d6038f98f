"""The gateway: the one public door. It authenticates, routes and composes; it holds no rule."""
