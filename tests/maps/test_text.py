"""Both languages are complete, hold the same places, and are used."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pipeline.contracts.notes import Lineage
from pipeline.contracts.solar import REASONS
from pipeline.maps.diary import ORDER, steps_of
from pipeline.maps.findings import missing
from pipeline.maps.italian import note
from pipeline.maps.phrases_counts import NAMES
from pipeline.maps.phrases_notes import SENTENCES
from pipeline.maps.text import TEXT, Phrase, joined, say

PLACE = re.compile(r"\{(\w+)\}")
# The same word in both languages.
SAME = {"col.name", "method.land.rule", "method.software", "report.km", "report.land.part", "report.m", "sheet.modules.value", "sheetpage.metres", "sheetpage.north", "start.near", "zone.town", "zones.town"}


@pytest.mark.parametrize("key", sorted(TEXT))
def test_phrase_is_complete_in_both_languages(key: str) -> None:
    phrase = TEXT[key]
    assert phrase.it.strip() and phrase.en.strip()
    assert sorted(PLACE.findall(phrase.it)) == sorted(PLACE.findall(phrase.en))
    assert phrase.it != phrase.en or key in SAME


def test_words_for_every_reason_and_stage() -> None:
    assert all(f"reason.{r}" in TEXT and f"why.{r}" in TEXT for r in REASONS)
    assert all(f"stage.{s}" in TEXT for s in ORDER)


# Keys put together from a name: by theme, layer, reason, stage, column; at last chapters: report.sun, report.sun.title and so on.
FAMILIES = (
    "nav.", "layer.", "reason.", "why.", "stage.", "figure.", "col.", "cover.", "zone.", "zones.", "card.", "start.", "missing.", "solar.",
    "sealing.", "green.", "method.", "accessibility.", "privacy.", "roof.", "filtered.", "soil.", "place.", "restoration.", "sure.", "parcel.",
    "index.title", "search.", "example.", "yards.", "streets.", "ledger.", "patches.", "use.", "estate.", "climate.", "enterprises.", "large.",
    "plan.nav.", "plan.col.", "plan.rule.", "plan.rules.", "points.", "participate.", "roadmap.", "indicators.", "school.", "report.col.",
    "report.land.", "report.map.", "report.method.", "report.sure.", "report.sun", "report.soil", "report.green",
)  # fmt: skip


def test_every_phrase_is_used(root: Path) -> None:
    folder = root / "pipeline" / "maps"
    text = "".join(
        p.read_text(encoding="utf-8")
        for p in [*folder.glob("*.py"), *folder.glob("report/*.py"), *folder.glob("templates/*.html"), *folder.glob("static/*.js")]
        if not p.name.startswith("phrases")
    )
    unused = [k for k in TEXT if f'"{k}"' not in text and not k.startswith(FAMILIES)]
    assert unused == []


def test_values_take_each_language() -> None:
    assert say("card.solar.band", p90=Phrase("1,1", "1.1")) == (
        "l’anno; almeno 1,1 in nove anni su dieci",
        "a year; at least 1.1 in nine years of ten",
    )


def test_lists_in_words() -> None:
    a, b, c = Phrase("uno", "one"), Phrase("due", "two"), Phrase("tre", "three")
    assert joined([a]) == ("uno", "one")
    assert joined([a, b, c]) == ("uno, due e tre", "one, two and three")


def test_figures_that_come_in_twelves_are_one_row_and_what_did_not_happen_comes_last() -> None:
    figures = {f"ghi_kwh_m2_{m:02d}": float(m) for m in range(1, 13)} | {"closure_mae_w_m2": 0.16, "part_01": 1.0}
    lineage = Lineage({"weather": {"counts": {"a dropped": 0, "rows read": 8760}, "figures": figures, "warnings": [], "assumptions": []}})
    (step,) = steps_of(lineage)
    assert step.months == [(TEXT["figure.ghi_kwh_m2"], [str(m) for m in range(1, 13)])]
    assert [name.en for name, _ in step.numbers] == ["rows read", "closure_mae_w_m2", "part_01", "a dropped"]
    assert [name.it for name, _ in step.numbers][:2] == ["righe lette", "chiusura, errore medio (W/m²)"]


def _two_sources(surface: dict[str, object], buildings: dict[str, object]) -> Lineage:
    return Lineage({"surface": {"sources": [surface]}, "buildings": {"sources": [buildings]}})


def test_real_buildings_on_generated_elevations_are_said() -> None:
    real, made = {"kind": "dsm", "synthetic": False}, {"kind": "dsm", "synthetic": True}
    assert TEXT["missing.mixed"] in missing({}, {}, {}, _two_sources(made, real))
    assert TEXT["missing.mixed"] not in missing({}, {}, {}, _two_sources(real, real))
    assert TEXT["missing.mixed"] not in missing({}, {}, {}, _two_sources(made, made))


def test_a_height_model_is_said() -> None:
    assert TEXT["missing.measured"] in missing({}, {}, {}, _two_sources({"kind": "heights"}, {"kind": "vector"}))
    assert TEXT["missing.measured"] not in missing({}, {}, {}, _two_sources({"kind": "dsm"}, {"kind": "vector"}))


@pytest.mark.parametrize("table", [SENTENCES, NAMES], ids=["sentences", "names"])
def test_italian_of_notes_takes_no_more_than_the_english_gives(table: dict[str, str]) -> None:
    for english, italian in table.items():
        places = {int(p) for p in re.findall(r"\{(\d)\}", italian)}
        assert all(p < english.count("{}") for p in places), english
        assert italian.strip() and not re.search(r"\{\}", italian), english


def test_a_note_takes_its_values_over_and_unknown_ones_stay() -> None:
    assert note("Beyond 200 m the terrain shades as the stage farhorizon found it for the town's centre.").it.startswith("Oltre 200 m")
    assert note("rows written: {0} <b>", name=True) == ("righe scritte: {0} <b>", "rows written: {0} <b>")
    assert note("nobody wrote this before") == ("nobody wrote this before",) * 2


def test_most_sentences_of_the_stages_have_their_italian(root: Path) -> None:
    """Sentences that stages assume or warn of, read from the code: nine of ten are translated."""
    said = []
    for path in sorted((root / "pipeline" / "stages").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("assume", "warn") and call.args:
                text = call.args[0]
                if isinstance(text, ast.Constant):
                    said.append(str(text.value))
                elif isinstance(text, ast.JoinedStr):
                    said.append("".join(str(v.value) if isinstance(v, ast.Constant) else "7" for v in text.values))
    lost = [s for s in said if note(s).it == s]
    assert len(said) > 80 and len(lost) <= 0.1 * len(said), lost


def test_every_stage_that_reads_sources_has_a_word_for_the_banner() -> None:
    """The banner of demonstration data names layers by the stage that reads them."""
    from pipeline.config.town import Sources

    assert [s for s in Sources.model_fields if f"layer.{s}" not in TEXT] == []
