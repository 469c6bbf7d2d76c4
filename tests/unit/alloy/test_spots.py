"""Point analyses, bulk analyses and their balance: agreement is used, contradiction is named."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.alloy.findings import Content, Findings, measured_tables
from alloycell.alloy.spots import SpotTable, bulk_contents, phase_findings, reconciled
from alloycell.check import Measured
from alloycell.errors import DesignError, FormatError, RangeError

HEADER = "spot,phase,Si [wt%],Ti,O,O error,N,N error\n"
ROWS = """s1,A,99.2,0.3,0.31,0.10,0.10,0.05
s2,A,99.4,0.2,0.27,0.10,0.12,0.05
s3,A,99.1,0.4,0.33,0.10,0.08,0.05
s4,B,52.1,44.8,2.10,0.20,0.95,0.15
s5,B,52.3,44.5,1.95,0.20,1.05,0.15
"""


def table(tmp_path, rows: str = ROWS, header: str = HEADER, method: str = "wavelength-dispersive") -> SpotTable:
    (tmp_path / "spots.csv").write_text(header + rows)
    return SpotTable.load(tmp_path / "spots.csv", method)


def two_phases(particle: float, a: float = 0.003, b: float = 0.02, share: float = 0.3) -> Findings:
    return Findings(
        {"O": Content(a, 0.0005, "WDS")}, {"O": Content(b, 0.001, "WDS")},
        {"O": Content(particle, 0.0003, "combustion")}, Content(share, 0.01, "XRD"),
    )  # fmt: skip


def test_contents_of_a_phase_are_the_weighted_means_of_its_spots(tmp_path):
    found = phase_findings(table(tmp_path))
    assert found.phase_a["O"].value == pytest.approx((0.0031 + 0.0027 + 0.0033) / 3)
    assert found.phase_a["O"].uncertainty == pytest.approx(0.001 / np.sqrt(3))
    assert found.phase_b["N"].value == pytest.approx(0.01)
    assert found.phase_b["N"].method == "wavelength-dispersive"


def test_spots_without_phase_are_told_apart_by_composition(tmp_path):
    named = phase_findings(table(tmp_path))
    unnamed = phase_findings(table(tmp_path, ROWS.replace(",A,", ",,").replace(",B,", ",,")))
    assert unnamed.phase_a["O"].value == pytest.approx(named.phase_a["O"].value)
    assert unnamed.phase_b["O"].value == pytest.approx(named.phase_b["O"].value)


def test_a_spot_between_the_phases_is_left_out_by_name(tmp_path):
    found = phase_findings(table(tmp_path, ROWS.replace(",A,", ",,") + "s6,,75.0,22.5,1.1,0.1,0.5,0.1\n"))
    assert found.phase_a["O"].value == pytest.approx(0.00303, abs=1e-4)
    assert any("1 spots struck both phases" in remark and "s6" in remark for remark in found.remarks)


def test_spots_that_disagree_beyond_their_errors_are_named_and_widen_the_error(tmp_path):
    found = phase_findings(table(tmp_path, ROWS + "s7,A,98.5,0.3,1.10,0.10,0.1,0.05\n"))
    assert any("disagree in O" in remark and "s7" in remark for remark in found.remarks)
    assert found.phase_a["O"].uncertainty > 0.003


def test_nitrogen_by_energy_dispersive_spots_beside_titanium_is_unknown(tmp_path):
    found = phase_findings(table(tmp_path, method="SEM-EDS"))
    assert found.phase_a["N"].value is None
    assert found.phase_a["O"].value is not None


def test_contents_that_balance_are_adjusted_and_sharper():
    known = two_phases(0.7 * 0.003 + 0.3 * 0.02)
    balance = reconciled(known)
    assert balance.consistent
    assert balance.chi_square == pytest.approx(0.0, abs=1e-6)
    assert balance.freedom == 1
    assert balance.findings.phase_a["O"].value == pytest.approx(0.003, rel=1e-4)
    assert balance.findings.phase_a["O"].uncertainty < 0.0005


def test_a_small_misfit_is_shared_by_weight_and_then_balances():
    balance = reconciled(two_phases(0.0085))
    found = balance.findings
    share = found.phase_b_mass_fraction.value
    whole = (1 - share) * found.phase_a["O"].value + share * found.phase_b["O"].value
    assert balance.consistent
    assert 0.0081 < whole < 0.0085
    assert balance.probability > 0.05


def test_a_contradiction_is_named_and_nothing_is_averaged_away():
    known = two_phases(0.0140)
    balance = reconciled(known)
    assert not balance.consistent
    assert balance.probability < 0.001
    assert "O: the particle has 1.4 wt%, the phases give 0.81" in balance.contradictions[0]
    assert "surface oxide" in balance.contradictions[0]
    assert balance.findings.phase_a["O"] == known.phase_a["O"]
    assert balance.findings.particle["O"] == known.particle["O"]


def test_titanium_tells_the_mass_fraction_of_phase_b():
    known = Findings({"Ti": Content(0.0, 0.001)}, {"Ti": Content(0.45, 0.01)}, {"Ti": Content(0.135, 0.004)})
    share = reconciled(known).findings.phase_b_mass_fraction
    assert share.value == pytest.approx(0.3, abs=1e-4)
    assert share.uncertainty == pytest.approx(0.3 * np.hypot(0.004 / 0.135, 0.01 / 0.45), rel=0.05)


def test_a_content_that_was_not_measured_follows_from_the_balance():
    known = Findings(
        {"O": Content(0.003, 0.0005, "WDS")},
        {},
        {"O": Content(0.0081, 0.0003, "combustion")},
        Content(0.3, 0.01, "XRD"),
    )
    found = reconciled(known).findings
    assert found.phase_b["O"].value == pytest.approx(0.02, rel=1e-4)
    assert found.phase_b["O"].method == "mass balance"
    assert any("O in phase B" in remark for remark in found.remarks)


def test_a_derived_content_below_zero_is_a_contradiction():
    known = Findings({}, {"O": Content(0.05, 0.001)}, {"O": Content(0.005, 0.0003)}, Content(0.3, 0.01))
    balance = reconciled(known)
    assert not balance.consistent
    assert "which cannot be" in balance.contradictions[0]
    assert "O" not in balance.findings.phase_a


def test_contents_that_nothing_determines_stay_open():
    known = Findings({}, {}, {"O": Content(0.005, 0.0003, "combustion")})
    balance = reconciled(known)
    assert balance.consistent
    assert balance.findings.phase_a == {}
    assert balance.findings.phase_b_mass_fraction is None


def test_the_test_of_the_balance_rejects_as_often_as_it_says():
    dice = np.random.default_rng(11)
    wrong = 0
    for _ in range(300):
        a, b, share = 0.003 + dice.normal(0, 0.00025), 0.02 + dice.normal(0, 0.0005), 0.3 + dice.normal(0, 0.005)
        wrong += not reconciled(two_phases(0.0081 + dice.normal(0, 0.00015), a, b, share)).consistent
    assert wrong <= 10


def test_reconciled_findings_are_accepted_as_measured_figures(tmp_path):
    spots = phase_findings(table(tmp_path))
    bulk = bulk_contents({"O": "0.83 +- 0.06 wt%", "N": "0.37 +- 0.03 wt%", "Ti": "13.6 +- 0.4 wt%"}, "combustion")
    balance = reconciled(spots.joined(Findings(particle=bulk)))
    figures = Measured.of(measured_tables(balance.findings)).figures
    assert figures["particle_oxygen"] == pytest.approx(0.0083)
    assert figures["phase_b_mass_fraction"] == pytest.approx(0.3, abs=0.02)


def test_faults_of_bulk_contents_are_listed_together():
    with pytest.raises(DesignError) as caught:
        bulk_contents({"Ox": "1 wt%", "N": "130 wt%", "O": "much"}, "combustion")
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("header", "rows", "told"),
    [
        (HEADER, "s1,A,99,0.3,high,0.1,0.1,0.05\n", r"line 2, column 5: \"high\" is no number"),
        (HEADER, "s1,C,99,0.3,0.3,0.1,0.1,0.05\n", r"column 2: \"c\" is no phase"),
        (HEADER, "s1,A,99,0.3\n", "4 columns; the header has 8"),
        (HEADER, "", "needs a header and at least one row"),
        ("spot,Xx,O\n", "s,1,2\n", "an element symbol"),
        ("spot,O,O error,N error\n", "s,1,2,3\n", "is an error of N"),
        ("spot,O [at%]\n", "s,1\n", "contents in wt% are needed"),
        ("spot,O,O\n", "s,1,1\n", "second column of O"),
        ("spot,phase\n", "s,A\n", "no column of an element"),
        ("spot,O\n", "s,140\n", "contents lie between"),
        ("spot,O,O error\n", "s,1,-1\n", "an error lies above 0"),
        ("spot,Si,Ti,O\n", "s,60,60,60\n", "adds up to 180 wt%"),
    ],
)
def test_what_is_wrong_with_a_table_is_named(tmp_path, header, rows, told):
    with pytest.raises((FormatError, DesignError), match=told):
        table(tmp_path, rows, header)


def test_spots_that_look_alike_cannot_be_told_apart(tmp_path):
    alike = "".join(f"s{n},,98,1.5,0.3,0.1,0.1,0.05\n" for n in range(4))
    with pytest.raises(RangeError, match="cannot be told apart"):
        phase_findings(table(tmp_path, alike))
