"""The examples in the docstrings of the mathematics are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import pipeline.core

MODULES = sorted(m.name for m in pkgutil.walk_packages(pipeline.core.__path__, "pipeline.core.") if not m.ispkg)


@pytest.mark.parametrize("name", [*MODULES, "pipeline.io.dated"])
def test_examples(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert done.failed == 0
