"""The cell: design, balance, lithium ledger, dose, case and every figure that follows."""

from __future__ import annotations

from alloycell.cell.balance import STATES, State
from alloycell.cell.cell import Cell
from alloycell.cell.datasheet import Datasheet
from alloycell.cell.inventory import Ledger

__all__ = ["STATES", "Cell", "Datasheet", "Ledger", "State"]
