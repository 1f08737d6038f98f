"""`python -m punchcard` is `punchcard`."""

import sys

from punchcard.main import main

sys.exit(main())
