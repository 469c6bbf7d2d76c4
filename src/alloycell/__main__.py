"""``python -m alloycell`` is the command ``alloycell``."""

from __future__ import annotations

from alloycell.app.main import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
