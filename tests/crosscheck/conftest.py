"""Puts the flat arrays of the verification tests on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "verification"))
