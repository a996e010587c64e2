"""publiccode.yml: keys and values as the standard wants them (version 0.4, https://yml.publiccode.tools), and true of this repository.

The rules are written here after the standard's text, its list of categories and its list of scopes; the national catalogue runs its own.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

REQUIRED = ("publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType", "description", "legal", "maintenance", "localisation", "releaseDate")
KNOWN = {*REQUIRED, "applicationSuite", "landingURL", "isBasedOn", "softwareVersion", "logo", "usedBy", "roadmap", "intendedAudience", "dependsOn", "IT"}
STATUS = {"concept", "development", "beta", "stable", "obsolete"}
TYPES = {"standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web", "standalone/backend", "standalone/other", "addon", "library", "configurationFiles"}
# Of the standard's list those that could ever be said of a program like this one.
CATEGORIES = {"data-analytics", "data-collection", "data-visualization", "geographic-information-systems", "predictive-analysis", "resource-management"}
SCOPES = {"agriculture", "energy", "environment", "infrastructures", "local-authorities", "research", "science-and-technology", "society"}
OF_LANGUAGE = {"localisedName", "genericName", "shortDescription", "longDescription", "documentation", "apiDocumentation", "features", "screenshots", "videos", "awards"}
CONFORME = {"lineeGuidaDesign", "modelloInteroperabilita", "misureMinimeSicurezza", "gdpr"}
PLATFORMS_IT = {"spid", "cie", "anpr", "pagopa", "io"}
TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def problems(found: dict[str, Any]) -> list[str]:
    """What the standard would refuse."""
    said = [f"{k}: missing" for k in REQUIRED if not found.get(k)]
    said += [f"{k}: not a key of the standard" for k in found if k not in KNOWN]
    if said:
        return said
    said += [] if found["publiccodeYmlVersion"] in ("0.4", "0.4.0", "0.5", "0.5.0") else ["publiccodeYmlVersion: expected 0.4 or newer, as text"]
    said += [] if re.fullmatch(r"https://[\w.-]+/\S+", found["url"]) else ["url: expected the address of the repository"]
    said += [] if isinstance(found["releaseDate"], str) and dt.date.fromisoformat(found["releaseDate"]) else ["releaseDate: expected YYYY-MM-DD as text"]
    said += [f"categories: {c}" for c in found["categories"] if c not in CATEGORIES]
    said += [f"scope: {s}" for s in found.get("intendedAudience", {}).get("scope", []) if s not in SCOPES]
    said += [] if found["developmentStatus"] in STATUS else [f"developmentStatus: {found['developmentStatus']}"]
    said += [] if found["softwareType"] in TYPES else [f"softwareType: {found['softwareType']}"]
    return said + _description(found["description"]) + _people(found) + _italy(found.get("IT", {}))


def _description(languages: dict[str, dict[str, Any]]) -> list[str]:
    said = []
    for tag, text in languages.items():
        said += [] if TAG.fullmatch(tag) else [f"description: {tag} is no language"]
        said += [f"description.{tag}.{k}: not a key of the standard" for k in text if k not in OF_LANGUAGE]
        if not 0 < len(text.get("shortDescription", "")) <= 150 or "\n" in text["shortDescription"]:
            said.append(f"description.{tag}.shortDescription: expected one line of at most 150 characters")
        if not 150 <= len(text.get("longDescription", "")) <= 10_000:
            said.append(f"description.{tag}.longDescription: expected 150 to 10,000 characters")
        if not text.get("features"):
            said.append(f"description.{tag}.features: missing")
    return said


def _people(found: dict[str, Any]) -> list[str]:
    said = [] if isinstance(found["localisation"].get("localisationReady"), bool) else ["localisation.localisationReady: expected true or false"]
    tags = found["localisation"].get("availableLanguages", [])
    said += [] if tags and all(TAG.fullmatch(t) for t in tags) else ["localisation.availableLanguages: expected languages"]
    said += [] if found["legal"].get("license") else ["legal.license: missing"]
    kind, needs = found["maintenance"].get("type"), {"internal": "contacts", "community": "contacts", "contract": "contractors", "none": None}
    if kind not in needs:
        return [*said, f"maintenance.type: {kind}"]
    needed = needs[kind]
    if needed and not all(p.get("name") for p in found["maintenance"].get(needed, [{}])):
        said.append(f"maintenance.{needed}: {kind} needs a name")
    return said


def _italy(found: dict[str, Any]) -> list[str]:
    said = [] if not found or found.get("countryExtensionVersion") in ("0.2", "1.0") else ["IT.countryExtensionVersion: expected 1.0"]
    for section, keys in (("conforme", CONFORME), ("piattaforme", PLATFORMS_IT)):
        said += [f"IT.{section}.{k}" for k, v in found.get(section, {}).items() if k not in keys or not isinstance(v, bool)]
    return said


@pytest.fixture
def found(root: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((root / "publiccode.yml").read_text(encoding="utf-8")))


def test_it_keeps_the_standard(found: dict[str, Any]) -> None:
    assert problems(found) == []


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("name", None, "name"), ("colour", "red", "colour"), ("publiccodeYmlVersion", 0.4, "publiccodeYmlVersion"), ("url", "sole-e-suolo", "url"), ("releaseDate", dt.date(2026, 11, 30), "releaseDate"), ("categories", ["maps"], "maps"),
        ("developmentStatus", "alpha", "alpha"), ("softwareType", "standalone", "standalone"), ("description", {"it": {"shortDescription": "x" * 151}}, "at most 150"), ("legal", {"license": ""}, "license"),
        ("maintenance", {"type": "internal"}, "contacts"), ("localisation", {"localisationReady": "yes"}, "localisationReady"), ("IT", {"conforme": {}}, "countryExtensionVersion"), ("IT", {"countryExtensionVersion": "1.0", "piattaforme": {"spid": "no"}}, "spid"),
    ],
)  # fmt: skip
def test_what_breaks_the_standard_is_found(found: dict[str, Any], key: str, value: Any, named: str) -> None:
    assert any(named in p for p in problems(found | {key: value}))


def test_it_is_true_of_this_repository(root: Path, found: dict[str, Any]) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (found["softwareVersion"], found["legal"]["license"]) == (project["version"], project["license"])
    python = next(d for d in found["dependsOn"]["open"] if d["name"] == "Python")
    low, high = re.findall(r"3\.(\d+)", project["requires-python"])
    assert (python["versionMin"], python["versionMax"]) == (f"3.{low}", f"3.{int(high) - 1}")
    assert set(found["description"]) == set(found["localisation"]["availableLanguages"]) == {"it", "en"}
    for text in found["description"].values():
        assert all((root / picture).exists() for picture in text.get("screenshots", []))


def test_what_nobody_knows_yet_is_a_placeholder_that_says_so(root: Path) -> None:
    text = (root / "publiccode.yml").read_text(encoding="utf-8")
    addresses = re.findall(r"https?://\S+", text)
    assert all("example.org" in a for a in addresses) and text.count("# SET") >= 4
