"""Protocols as text: what is read, that it is printed the same, and what is said about text that is none."""

from __future__ import annotations

import pytest

from alloycell.errors import ProtocolError
from alloycell.simulate.protocol import MOST_STEPS, Protocol, Repeat, Step

TEXT = """Charge at C/3 until 4.2 V
Hold at 4.2 V until C/20
Rest for 1 h
10 x [Discharge at 1C until 2.5 V or 50 at% in negative.layers[1]; 2 x [Charge at 1C until plating; Rest for 5 s]]
Discharge at 200 W for 10 s
Discharge at 2 ohm until 0.5 Ah"""


def test_a_protocol_prints_the_text_that_reads_back_to_it():
    protocol = Protocol.of(TEXT)
    assert str(protocol) == TEXT
    assert Protocol.of(str(protocol)) == protocol


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ("charge  at 1 C until 4.20 V", "Charge at 1C until 4.20 V"),
        ("Rest for 1 h;Rest for 2 min", "Rest for 1 h\nRest for 2 min"),
        ("3x[\n  Rest for 1 s\n]\n", "3 x [Rest for 1 s]"),
        ("# formation\nCharge at C / 10", "Charge at C/10"),
        ("Discharge at .5C", "Discharge at .5C"),
    ],
)
def test_loose_spelling_is_read_and_printed_in_one_way(loose, strict):
    assert str(Protocol.of(loose)) == strict


def test_repeats_are_counted_and_written_out_in_order():
    protocol = Protocol.of("2 x [Rest for 1 s; 3 x [Rest for 2 s]]; Rest for 3 s")
    assert isinstance(protocol.steps[0], Repeat)
    assert protocol.count() == 9
    assert [step.time.value for step in protocol.written_out()] == [1, 2, 2, 2, 1, 2, 2, 2, 3]


def test_amounts_are_read_in_si():
    (step,) = Protocol.of("Discharge at 25 mA/cm2 for 90 min until 3000 mV or 2 mAh/cm2").steps
    assert isinstance(step, Step)
    assert (step.at.kind, step.at.value, step.time.value) == ("current per area", 250.0, 5400.0)
    assert [end.value for end in step.ends] == [3.0, 72000.0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dischrage at 1C", 'Did you mean "Discharge"?'),
        ("Rest for 1 h; chrge at 1C", "protocol, step 2"),
        ("Charge at 4.2 V", 'has "4.2 V" after "at" of Charge'),
        ("Hold at C/3", "a voltage is needed"),
        ("Rest", "Rest for 1 h"),
        ("Charge at 1C until 4.2", "Units: V, mV"),
        ("Rest until 4 V", "Rest for 1 h"),
        ("3 x [Rest for 1 h", 'a "]" is needed'),
        ("Rest for 1 h]", "brackets come in pairs"),
        ("[Rest for 1 h]", "write 10 x [ ... ]"),
        ("Charge at C/0", "a rate"),
        ("", "has no step"),
        ("1000000 x [Rest for 1 s]", f"at most {MOST_STEPS}"),
        ("Follow gone.csv", "cannot be read"),
        ("Discharge at 1C until 100 at% in film", "after"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(text, told):
    with pytest.raises(ProtocolError, match=r".") as caught:
        Protocol.of(text)
    assert told in str(caught.value)


def test_all_faults_of_a_protocol_come_at_once():
    with pytest.raises(ProtocolError) as caught:
        Protocol.of("Chrge at 1C\nHold at 1C\nRest for 5")
    assert len(caught.value.faults) == 3


def test_a_file_is_followed_row_by_row(tmp_path):
    (tmp_path / "drive.csv").write_text("# a minute\ntest_time_s,current_A\n0,1\n10,-0.5\n40,2\n60,0\n")
    protocol = Protocol.of("Follow drive.csv", tmp_path)
    (step,) = protocol.steps
    assert step.profile == ("current", ((10.0, 1.0), (30.0, -0.5), (20.0, 2.0)))
    assert str(protocol) == "Follow drive.csv"
    assert protocol.count() == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("t,I\n0,1\n", "a column"),
        ("time_s,power_W\n0,1\n0,2\n", "no two different times"),
        ("time_s,power_W\n0,1\n5,2\n4,2\n", "drive.csv, line 4 goes back from 5 s to 4 s"),
        ("time_s,power_W\n0,1\n1,much\n", 'line 3 is "1,much"'),
        ("time_s,power_W\n0,1\n1,nan\n", "finite numbers"),
        ("time_s,power_W\n0,1\n1\n", "every row"),
        ("time_s,power_W\n0,1\n", "two rows"),
        ("", "has the columns none"),
    ],
)
def test_a_file_that_cannot_be_followed_is_named(tmp_path, text, told):
    (tmp_path / "drive.csv").write_text(text)
    with pytest.raises(ProtocolError, match=told):
        Protocol.of("Follow drive.csv", tmp_path)


@pytest.mark.parametrize(
    "header", ["Test Time / s,Voltage / V,Current / A", "test_time_second,voltage_volt,current_ampere"]
)
def test_a_file_of_the_battery_data_format_is_followed_with_its_own_sign(tmp_path, header):
    (tmp_path / "cycler.bdf").write_text(f"{header}\n0,4.1,-2\n10,4.0,-2\n10,4.0,0\n30,4.05,1\n40,4.1,1\n")
    (step,) = Protocol.of("Follow cycler.bdf", tmp_path).steps
    assert step.profile == ("current", ((10.0, 2.0), (20.0, 0.0), (10.0, -1.0)))
