"""Which addresses `make fetch` may ask: one value judges the first address and each redirect alike."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from pipeline.errors import InputError

Resolver = Callable[[str, int], tuple[str, ...]]

_CADASTRE = frozenset({"wfs.cartografia.agenziaentrate.gov.it"})
_CIVIL_PROTECTION = frozenset({"raw.githubusercontent.com", "media.githubusercontent.com"})
_STATISTICS = frozenset({"www.istat.it", "esploradati.istat.it"})
_OPENSTREETMAP = frozenset({"overpass-api.de", "lz4.overpass-api.de", "z.overpass-api.de", "download.geofabrik.de"})
_PVGIS = frozenset({"re.jrc.ec.europa.eu"})
_COPERNICUS_DEM = frozenset({"copernicus-dem-30m.s3.amazonaws.com", "copernicus-dem-30m.s3.eu-central-1.amazonaws.com"})
_WORLDCOVER = frozenset({"esa-worldcover.s3.eu-central-1.amazonaws.com", "esa-worldcover.s3.amazonaws.com"})
_ISPRA = frozenset({"groupware.sinanet.isprambiente.it", "www.isprambiente.gov.it"})
_ELEVATION = _COPERNICUS_DEM | {"sim.mase.gov.it"}

# Publishers by kind of source. A kind that is not here has no host of its own: a person allows one by hand.
HOSTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "vector": _CIVIL_PROTECTION | _STATISTICS,
        "osm": _OPENSTREETMAP,
        "ade_gml": _CADASTRE,
        "ade_map": _CADASTRE,
        "dsm": _ELEVATION,
        "dtm": _ELEVATION,
        "dem": _COPERNICUS_DEM,
        "points": frozenset({"sim.mase.gov.it"}),
        "pvgis_tmy": _PVGIS,
        "pvgis_hourly": _PVGIS,
        "epw": _PVGIS,
        "ispra": _ISPRA,
        "worldcover": _WORLDCOVER,
        "imperviousness": frozenset({"land.copernicus.eu"}),
        "sections": _STATISTICS,
        "waste_table": frozenset({"www.catasto-rifiuti.isprambiente.it"}),
    }
)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Every address a host name stands for, in the resolver's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Target:
    """An address that passed: what to connect to, and what to ask for.

    `addresses` were judged; connecting to one of them, not to the name again, keeps a changing name server out.
    """

    url: str
    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]
    request: str


@dataclass(frozen=True)
class Policy:
    """What may be asked.

    Attributes
    ----------
    hosts
        Host names by kind of source; exact names, no patterns.
    extra
        Host names a person allowed for this one run, for every kind.
    schemes
        Scheme -> ports.
    loopback
        Addresses of this machine count as public: for tests only.
    resolve
        Finds the addresses of a name.
    """

    hosts: Mapping[str, frozenset[str]] = field(default_factory=lambda: HOSTS)
    extra: frozenset[str] = frozenset()
    schemes: Mapping[str, frozenset[int] | None] = field(default_factory=lambda: MappingProxyType({"https": frozenset({443})}))
    loopback: bool = False
    resolve: Resolver = resolve

    def allowing(self, *hosts: str) -> Policy:
        """The same policy with more hosts.

        Raises
        ------
        InputError
            When one is no host name.
        """
        for host in hosts:
            if not host.isascii() or not all(part and part.replace("-", "").isalnum() for part in host.split(".")):
                raise InputError(f"{host!r} is no host name; expected one like download.example.org, without https:// and path")
        return replace(self, extra=self.extra | {h.lower() for h in hosts})

    def judge(self, url: str, kind: str) -> Target:
        """Say whether an address may be asked for a source of a kind.

        Returns
        -------
        Target

        Raises
        ------
        InputError
            With the reason: scheme, port, credentials, host, or what the name stands for.
        """
        reason = f"{url if len(url) <= 60 else url[:57] + '...'!r} may not be asked: "
        if any(ord(c) <= 32 or ord(c) == 127 for c in url) or not url.isascii():
            raise InputError(reason + "it holds blanks, control signs or letters that an address writes as %XX")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise InputError(reason + str(error)) from None
        if parts.scheme not in self.schemes:
            raise InputError(reason + f"{parts.scheme or 'no'} scheme; only {', '.join(sorted(self.schemes))} is allowed")
        if parts.username is not None or parts.password is not None:
            raise InputError(reason + "it carries a user name or password")
        host = (parts.hostname or "").lower()
        self._judge_host(host, kind, reason)
        ports = self.schemes[parts.scheme]
        port = port or (443 if parts.scheme == "https" else 80)
        if ports is not None and port not in ports:
            raise InputError(reason + f"port {port}; only {', '.join(map(str, sorted(ports)))} is allowed")
        request = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(url, parts.scheme, host, port, self._judge_addresses(host, port, reason), request)

    def _judge_host(self, host: str, kind: str, reason: str) -> None:
        known = self.hosts.get(kind, frozenset()) | self.extra
        if not host or host not in known:
            raise InputError(reason + f"the host {host!r} is not on the list for kind {kind} ({', '.join(sorted(known)) or 'which is empty'}); if you trust it: make fetch HOSTS={host}")

    def _judge_addresses(self, host: str, port: int, reason: str) -> tuple[str, ...]:
        try:
            found = self.resolve(host, port)
        except OSError as error:
            raise InputError(reason + f"the name {host} cannot be resolved ({error.strerror or error}); is this machine on the internet?") from None
        for text in found:
            address = ipaddress.ip_address(text.partition("%")[0])
            plain = getattr(address, "ipv4_mapped", None) or address
            if not (plain.is_global and not plain.is_multicast) and not (self.loopback and plain.is_loopback):
                raise InputError(reason + f"{host} stands for {text}, which is not a public address")
        if not found:
            raise InputError(reason + f"the name {host} stands for no address")
        return found


OFFICIAL = Policy()
