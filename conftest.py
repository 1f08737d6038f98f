"""What every test of the workspace may ask for: see deploy/src/punchcard/testing.py."""

# Before pytest meets the folders of these names: it would take them for the packages.
import contracts  # noqa: F401
import gateway  # noqa: F401
import kit  # noqa: F401

pytest_plugins = ["punchcard.testing"]
