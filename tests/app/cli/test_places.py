"""`bearing places search` and `bearing regions at`."""

import json

from click.testing import CliRunner, Result

from app.cli import bearing


def run(*arguments: str) -> Result:
    return CliRunner().invoke(bearing, [*arguments])


def test_a_village_is_found_in_its_township() -> None:
    result = run("places", "search", "Let Yet Kone", "--within", "Tabayin")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert "95.40" in line
    assert "22.67" in line
    assert "Tabayin, Sagaing Region, Myanmar" in line


def test_as_json() -> None:
    result = run("places", "search", "Rangoon", "--within", "Burma", "--limit", "1", "--json")
    row = json.loads(result.stdout)
    assert (row["name"], row["local_name"], row["region"], row["how"]) == ("Yangon", "ရန်ကုန်", "MM-06", "other name")


def test_a_place_that_is_not_known_is_an_error_in_one_line() -> None:
    result = run("places", "search", "Qwertyburgh", "--within", "Myanmar")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.strip() == "Error: no place like 'Qwertyburgh' in Myanmar"


def test_a_unit_that_nobody_knows_is_refused_and_near_ones_are_told() -> None:
    for units, said in (
        (("Nowhereville",), "'Nowhereville' is known there: leave it out"),
        (("Sagaign",), "did you mean Sagaing"),
        (("Tabayn", "Myanmar"), "did you mean Tabayin"),
    ):
        words = [word for unit in units for word in ("--within", unit)]
        refused = run("places", "search", "Let Yet Kone", *words)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert said in " ".join(refused.stderr.split()), refused.stderr


def test_a_town_of_another_country_rules_a_place_out() -> None:
    refused = run("places", "search", "Let Yet Kone", "--within", "Lahore")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "no place like 'Let Yet Kone' in Lahore" in refused.stderr


def test_the_regions_at_a_point() -> None:
    result = run("regions", "at", "95.40", "22.68")
    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [["0", "MM"], ["1", "MM-01"]]
    assert "စစ်ကိုင်း" in result.stdout


def test_points_west_and_south_of_zero() -> None:
    result = run("regions", "at", "-13.2", "27.1")
    assert result.stdout.split()[:2] == ["0", "EH"]


def test_a_point_off_the_coast_says_how_far() -> None:
    result = run("regions", "at", "92.80", "20.12")
    assert "MM-16" in result.stdout
    assert "the nearest" in result.stdout
    assert "km away" in result.stdout


def test_the_open_sea_and_what_is_no_point() -> None:
    assert run("regions", "at", "88", "3").exit_code == 1
    wrong = run("regions", "at", "195", "22")
    assert wrong.exit_code == 1
    assert "195" not in wrong.stderr
    assert run("regions", "at", "east", "22").exit_code == 2


def test_a_point_that_may_lie_in_a_unit_without_a_boundary_says_so() -> None:
    text = run("regions", "at", "96.13", "19.75").stdout.splitlines()[1]
    assert "MM-04" in text
    assert "or Nay Pyi Taw Union Territory (MM-18), whose boundary is not in the set" in text
    rows = [json.loads(line) for line in run("regions", "at", "96.13", "19.75", "--json").stdout.splitlines()]
    assert [(row["code"], [other["code"] for other in row["or"]]) for row in rows] == [("MM", []), ("MM-04", ["MM-18"])]


def test_a_point_far_from_there_is_in_no_doubt() -> None:
    for lon, lat, code in (("96.08", "21.97", "MM-04"), ("97.03", "20.78", "MM-17")):
        rows = [json.loads(line) for line in run("regions", "at", lon, lat, "--json").stdout.splitlines()]
        assert [(row["code"], row["or"]) for row in rows] == [("MM", []), (code, [])]
