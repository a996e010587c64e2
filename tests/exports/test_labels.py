"""Labels of columns: short, with the unit, different within a table; the examples in the docstrings are true."""

from __future__ import annotations

import doctest
import importlib

import pytest

from pipeline.contracts.labels import LONGEST, labels, short
from pipeline.contracts.publish import Atlas


@pytest.mark.parametrize("name", ["pipeline.contracts.labels", "pipeline.exports.publisher", "pipeline.exports.styles"])
def test_examples(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert done.attempted and done.failed == 0


@pytest.mark.parametrize("layer", list(Atlas.layers))
def test_no_two_columns_of_a_table_are_called_the_same(layer: str) -> None:
    spec = Atlas.layers[layer]
    for language in ("it", "en"):
        found = labels(spec, language)  # type: ignore[arg-type]
        assert list(found) == list(spec.columns()) and len(set(found.values())) == len(found)
        for name, text in found.items():
            assert text.startswith(short(getattr(spec.columns()[name], language))[:10]) and text.count("(") == text.count(")")


def test_a_label_is_short_and_ends_with_a_whole_word() -> None:
    text = "una misura che non si può proprio raccontare in poche parole senza perdere il filo"
    assert len(short(text)) <= LONGEST and short(text).endswith("…") and text.startswith(short(text)[:-1])
