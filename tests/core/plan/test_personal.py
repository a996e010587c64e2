"""Texts of people: what tells of somebody goes, what does not stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.plan.personal import GAP, cut, looks_like_a_person, plain, scrub, tells


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mario.rossi@posta.it", "mail"), ("mario (at) posta . it", "mail"), ("MARIO@COMUNE.LE.IT", "mail"), ("mario chiocciola posta.it", "mail"),
        ("0832 123456", "phone"), ("tel. (+39) 0832/123.456", "phone"), ("333 12 34 567", "phone"), ("+44 20 7946 0958", "phone"), ("0039-333-1234567", "phone"),
        ("RSSMRA80A01H501U", "tax_code"), ("rssmra80a01h501u", "tax_code"), ("RSSMRAULA01H5LMU", "tax_code"), ("@mario_rossi su instagram", "account"), ("https://example.org/u/mario", "link"), ("www.example.org", "link"),
    ],
)  # fmt: skip
def test_what_tells_of_a_person_goes(text: str, kind: str) -> None:
    clean = scrub(f"Chiamare {text}, grazie")
    assert kind in clean.taken and GAP in clean.text and "grazie" in clean.text
    assert tells(text) == (None if kind == "link" else kind)


@pytest.mark.parametrize("text", ["Dal 03/05/2026 al 04-06-2026", "2026-05-03", "1.200.000 euro", "300.000,50 m2", "Via Roma 12/A, 73041 Carmiano", "40.345123, 18.046", "2023-2024", "particella B792_001600.33", "3 alberi su 12"])
def test_dates_prices_and_places_stay(text: str) -> None:
    assert scrub(text) == (text, {})


def test_markup_goes_and_what_stood_in_it_stays() -> None:
    assert plain("<p>Uno<br/>due</p><script>x()</script>") == "Uno due x()"
    assert plain("&amp;lt;img src=x onerror=y&amp;gt;tre") == "tre"
    assert plain("# Titolo\n**forte** [[https://a.it|qui]] {{https://a.it/b.jpg}}") == "Titolo forte qui"
    assert plain("a\u202eb\u200bc\x00d\te") == "abcd e"


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_plain_and_stays_as_it_is(text: str) -> None:
    once = plain(text)
    assert not set("<>\n\r\x00") & set(once)
    clean = scrub(once).text
    assert scrub(clean).taken == {}, "nothing is left to take out"
    assert len(cut(clean, 40)) <= 40


def test_a_title_before_a_name_looks_like_a_person() -> None:
    assert [o for o in ("Geom. Bianchi", "Dott.ssa Verdi", "Sig.ra Neri", "Ufficio tecnico", "Ingegneria srl", "Provincia di Lecce", "ARCA sud") if looks_like_a_person(o)] == ["Geom. Bianchi", "Dott.ssa Verdi", "Sig.ra Neri"]
