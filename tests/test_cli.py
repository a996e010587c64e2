"""The command line: exit codes as documented, JSON where a script wants it, help that helps."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline import cli
from pipeline.commandline import EXIT_CODES, commands_of, parser
from pipeline.errors import SoleSuoloError


@pytest.fixture
def town(root: Path, tmp_path: Path) -> list[str]:
    """The hamlet of the tutorial, nothing made; the words that name it."""
    shutil.copytree(root / "docs/tutorial/borgo", tmp_path / "borgo")
    return ["--town-dir", str(tmp_path / "borgo"), "--processed", str(tmp_path / "out/borgo"), "--site", str(tmp_path / "maps/borgo")]


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """What was printed, as the one JSON value it must be."""
    return json.loads(capsys.readouterr().out)


def test_the_exit_codes_are_those_of_the_documents(town: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ends = {cli.main(["check", *town]): "done", cli.main(["run", "sole", *town]): "wrong"}
    assert "sole: no such stage" in capsys.readouterr().err
    with pytest.raises(SystemExit) as misspelt:
        cli.main(["chek"])
    ends[int(misspelt.value.code or 0)] = "misspelt"

    def stopped(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.COMMANDS, "check", stopped)
    ends[cli.main(["check"])] = "stopped"
    assert "make` goes on from there" in capsys.readouterr().err
    assert list(ends) == list(EXIT_CODES)


def test_every_command_does_something_and_every_deed_has_a_command() -> None:
    assert list(cli.COMMANDS) == [name for name, _ in commands_of(parser())]


@pytest.mark.parametrize("name", ["", *cli.COMMANDS])
def test_help_has_examples_and_exit_codes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*([name] if name else []), "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert "exit codes:" in text and all(when in text for when in EXIT_CODES.values())
    assert name == "" or f"examples:\n  python -m pipeline {name}" in text


def test_check_as_json(town: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--json", *town]) == 0
    found = said(capsys)
    assert found["town"] == "Borgo di prova"
    assert found["stages"]["solar"] == {"runs": True, "why_not": None, "without": None}
    assert found["stages"]["streets"]["why_not"].startswith("town.yaml names no source")


def test_problems_come_as_json_too(town: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (Path(town[1]) / "buildings.geojson").write_text("{", encoding="utf-8")
    assert cli.main(["check", "--json", *town]) == 1
    printed = capsys.readouterr()
    assert "buildings.geojson" in json.loads(printed.out)["problems"][0]
    assert "to solve" in printed.err


def test_before_anything_is_made(town: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "boundary", "--json", *town]) == 0
    assert said(capsys)["reasons"][0].endswith("boundary.parquet does not exist")
    assert cli.main(["fetch", "--json", "--town-dir", town[1], *town[2:]]) in (0, 1)  # no network here: the real weather is not brought
    found = said(capsys)
    assert [s["stage"] for s in found["sources"]] == ["weather"] and found["generated"] == ["weather"]
    for command in (["checksums"], ["checksums", "--with", town[1]], ["trace", "kwh_year", "--json"]):
        assert cli.main([*command, *town]) == 1, command
        capsys.readouterr()


def test_after_something_is_made(town: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for stage in ("boundary", "parcels"):
        assert cli.main(["run", stage, *town]) == 0
    capsys.readouterr()
    assert cli.main(["run-report", "--json", *town]) == 0
    assert [s["stage"] for s in said(capsys)["stages"]] == ["boundary", "parcels"]
    assert cli.main(["summary", "--json", *town]) == 0
    found = said(capsys)
    assert found["page"].endswith("maps/borgo/index.html") and "streets" in found["left_out"]
    assert cli.main(["checksums", *town]) == 0
    sums = said(capsys)
    other = tmp_path / "checksums.json"
    other.write_text(json.dumps(sums), encoding="utf-8")
    assert cli.main(["checksums", "--with", str(other), "--json", *town]) == 0
    assert said(capsys) == {"same": True, "stages": ["boundary same bytes", "parcels same bytes"]}
    sums["stages"]["parcels"]["sha256"] = "0"
    other.write_text(json.dumps(sums), encoding="utf-8")
    assert cli.main(["checksums", "--with", str(other), *town]) == 1
    assert "1 differ" in capsys.readouterr().out


def test_the_zip_of_a_site_as_json(town: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    site = Path(town[5])
    site.mkdir(parents=True)
    for name in ("index.html", "manifest.json"):
        (site / name).write_text("{}", encoding="utf-8")
    assert cli.main(["site-zip", "--json", *town]) == 0
    assert said(capsys)["files"] == 2


def test_what_cannot_be_shown_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, named in ((["--folder", str(tmp_path / "none")], "no such folder"), (["--folder", str(tmp_path), "--port", "99999"], "name another one")):
        assert cli.main(["serve", *words]) == 1
        assert named in capsys.readouterr().err


def test_why_a_stage_does_not_run(town: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert [cli.main(["inactive", stage, *town]) for stage in ("streets", "sole", "roofs")] == [1, 1, 0]
    printed = capsys.readouterr()
    assert "streets does not run for Borgo di prova" in printed.err and "sole: no such stage" in printed.err and "roofs runs" in printed.out


def test_a_reader_that_has_seen_enough_is_no_fault(root: Path) -> None:
    done = subprocess.run(["bash", "-o", "pipefail", "-c", f"{sys.executable} -m pipeline check --town-dir docs/tutorial/borgo | head -1"], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("Borgo di prova")


def test_an_error_lists_all_its_problems(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def wrong(_: object) -> int:
        raise SoleSuoloError(["one thing", "another"])

    monkeypatch.setitem(cli.COMMANDS, "check", wrong)
    assert cli.main(["check"]) == 1
    assert capsys.readouterr().err == "\n2 problems to solve:\n  * one thing\n  * another\n"
