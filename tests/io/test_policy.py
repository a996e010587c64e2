"""What may be asked of the network: addresses judged."""

from __future__ import annotations

import dataclasses
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.io.policy import OFFICIAL
from tests.reference.fetching import LOCAL

PUBLIC = dataclasses.replace(OFFICIAL, resolve=lambda host, port: ("93.184.216.34",))


def test_an_official_address_passes_with_its_parts() -> None:
    target = PUBLIC.judge("https://re.jrc.ec.europa.eu/api/v5_3/tmy?lat=40.3&lon=18", "pvgis_tmy")
    assert (target.host, target.port, target.request) == ("re.jrc.ec.europa.eu", 443, "/api/v5_3/tmy?lat=40.3&lon=18")
    assert target.addresses == ("93.184.216.34",)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://re.jrc.ec.europa.eu/x", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://re.jrc.ec.europa.eu/x", "scheme"),
        ("//re.jrc.ec.europa.eu/x", "no scheme"),
        ("https://user:word@re.jrc.ec.europa.eu/x", "user name"),
        ("https://re.jrc.ec.europa.eu@evil.example/x", "user name"),
        ("https://evil.example/x", "not on the list"),
        ("https://re.jrc.ec.europa.eu.evil.example/x", "not on the list"),
        ("https://re.jrc.ec.europa.eu./x", "not on the list"),
        ("https://raw.githubusercontent.com/x", "not on the list for kind pvgis_tmy"),
        ("https://127.0.0.1/x", "not on the list"),
        ("https://[::1]/x", "not on the list"),
        ("https://re.jrc.ec.europa.eu:8443/x", "port 8443"),
        ("https://re.jrc.ec.europa.eu:99999/x", "out of range"),
        ("https://re.jrc.ec.europa.eu/a b", "blanks"),
        ("https://re.jrc.ec.europa.eu/\r\nHost: x", "blanks"),
        ("https://rè.example/", "letters"),
        ("https://[::1/x", "Invalid IPv6"),
        ("https:///x", "not on the list"),
        ("", "letters|scheme"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        PUBLIC.judge(url, "pvgis_tmy")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "224.0.0.1", "0.0.0.0", "100.64.0.1"])
def test_a_public_name_that_stands_for_a_private_address_is_refused(address: str) -> None:
    policy = dataclasses.replace(OFFICIAL, resolve=lambda host, port: ("93.184.216.34", address))
    with pytest.raises(InputError, match="not a public address"):
        policy.judge("https://re.jrc.ec.europa.eu/", "pvgis_tmy")


def test_a_tests_policy_opens_this_machine_and_no_other_private_one() -> None:
    assert LOCAL.judge("http://localhost:1/", "vector").port == 1
    with pytest.raises(InputError, match="not a public address"):
        dataclasses.replace(LOCAL, resolve=lambda host, port: ("10.0.0.1",)).judge("http://localhost/", "vector")


def test_a_name_that_does_not_resolve_is_said() -> None:
    def unknown(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(InputError, match="is this machine on the internet"):
        dataclasses.replace(OFFICIAL, resolve=unknown).judge("https://re.jrc.ec.europa.eu/", "pvgis_tmy")


def test_a_host_allowed_by_hand_counts_for_this_run_only() -> None:
    wider = PUBLIC.allowing("data.town.example")
    assert wider.judge("https://data.town.example/x", "vector").host == "data.town.example"
    with pytest.raises(InputError, match=r"HOSTS=data\.town\.example"):
        PUBLIC.judge("https://data.town.example/x", "vector")
    for wrong in ("https://x.example", "x.example/path", "a b", "x..y", "*"):
        with pytest.raises(InputError, match="no host name"):
            PUBLIC.allowing(wrong)


@given(st.text(max_size=60))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    for url in (text, f"https://{text}", f"https://re.jrc.ec.europa.eu{text}"):
        try:
            assert PUBLIC.judge(url, "pvgis_tmy").host == "re.jrc.ec.europa.eu"
        except InputError as error:
            assert error.problems


def test_from_https_a_redirect_to_http_or_to_this_machine_is_refused() -> None:
    for url, words in (("http://re.jrc.ec.europa.eu/", "scheme"), ("https://localhost/", "not on the list")):
        with pytest.raises(InputError, match=words):
            PUBLIC.judge(url, "pvgis_tmy")
