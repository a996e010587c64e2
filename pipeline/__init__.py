"""Sole e Suolo: a small town's cadastre and elevation data turned into decisions."""

from __future__ import annotations

__version__ = "0.1.0"
