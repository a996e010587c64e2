"""The map as a folium object: no tiles, vendored scripts, our own layers, our own page around it.

Differences from folium's stock page, each for a reason: the root template is ours (lang, title, landmarks, zoom not
forbidden), scripts and styles are files of the site (nothing is asked of a third party), identifiers come from a
counter (two builds give the same bytes).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import folium
from branca.element import Element, MacroElement
from folium.map import Layer
from folium.template import Template
from jinja2 import Environment
from markupsafe import Markup

from pipeline.maps.text import Phrase

SCRIPTS = ("leaflet/leaflet.js", "page.js", "core.js", "polygons.js", "streets.js", "numbers.js", "legend.js", "sheet.js", "land.js", "table.js", "area.js", "measures.js", "theme.js")
SUN_SCRIPT, DATES_SCRIPT = "sunmap.js", "dates.js"


@contextmanager
def steady_identifiers() -> Iterator[None]:
    """Inside, folium's elements are named by a counter instead of by chance."""
    kept = Element.__dict__["_generate_id"]
    numbers = count(1)
    setattr(Element, "_generate_id", classmethod(lambda cls: f"{next(numbers):04d}"))  # noqa: B010 - it is a method
    try:
        yield
    finally:
        setattr(Element, "_generate_id", kept)  # noqa: B010


def both(phrase: Phrase) -> Markup:
    """A phrase as markup that holds both languages; the style sheet shows the page's one."""
    if phrase.it == phrase.en:
        return Markup.escape(phrase.it)
    return Markup('<span class=t lang=it>{}</span><span class=t lang=en>{}</span>').format(phrase.it, phrase.en)


class TownMap(folium.Map):
    """A folium map whose macros write no style and no switch that would forbid zooming."""

    _template = Template("""
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name()|tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = SS.map({{ this.get_name()|tojson }}, {{ this.start|tojson }});
        {% endmacro %}
    """)

    def __init__(self, start: dict[str, Any], scripts: list[str]) -> None:
        super().__init__(location=start["centre"], tiles=None, prefer_canvas=True)
        self.start = start
        # On the instance: folium's own lists belong to the class and would leak into other maps.
        self.default_js = [(f"script{i}", path) for i, path in enumerate(scripts)]
        self.default_css = []
        _figure(self).header._children.clear()


class Polygons(Layer):
    """Outlines of one data file, drawn on a canvas of their own by static/polygons.js."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = SS.polygons({{ this.data|tojson }}, {{ this.options|tojson }});
        {% endmacro %}
    """)

    def __init__(self, data: str, options: dict[str, Any], name: Phrase, *, show: bool = True) -> None:
        super().__init__(name=str(both(name)), overlay=True, control=True, show=show)
        self._name = "Polygons"
        self.data = data
        self.options = options


class StreetLines(Polygons):
    """Streets of one data file: lines, or with `names` their names along them (static/streets.js)."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = SS.streets({{ this.data|tojson }}, {{ this.options|tojson }});
        {% endmacro %}
    """)


class Picture(Layer):
    """A georeferenced picture of the site, under everything else."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = SS.picture({{ this.url|tojson }}, {{ this.bounds|tojson }}, {{ this.pane|tojson }});
        {% endmacro %}
    """)

    def __init__(self, url: str, bounds: list[list[float]], name: Phrase, *, pane: str = "ground", show: bool = True) -> None:
        super().__init__(name=str(both(name)), overlay=True, control=True, show=show)
        self._name = "Picture"
        self.url, self.bounds, self.pane = url, bounds, pane


class SunSquares(Layer):
    """The map of irradiation, off until it is asked for (static/sunmap.js)."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = SS.sunmap();
        {% endmacro %}
    """)

    def __init__(self, name: Phrase) -> None:
        super().__init__(name=str(both(name)), overlay=True, control=True, show=False)
        self._name = "SunSquares"


class Points(Layer):
    """Points of one subject, each with its sheet (static/points.js)."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = SS.points({{ this.subject|tojson }});
        {% endmacro %}
    """)

    def __init__(self, subject: str, name: Phrase, *, show: bool = True) -> None:
        super().__init__(name=str(both(name)), overlay=True, control=True, show=show)
        self._name = "Points"
        self.subject = subject


class ThemePanel(MacroElement):
    """Connects legend, filter, search, sheet and table to the map; added last. What it must know stands in the theme's data file."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            SS.theme({{ this._parent.get_name() }}, SS.panel || {});
        {% endmacro %}
    """)

    def __init__(self) -> None:
        super().__init__()
        self._name = "ThemePanel"


class _Page:
    """Stands in folium's root for its page template: the same parts, put into ours, with a policy that names them."""

    def __init__(self, environment: Environment, template: str, values: dict[str, Any]) -> None:
        self.template = environment.get_template(template)
        self.values = values

    def render(self, this: Any, kwargs: dict[str, Any]) -> str:
        # Blank lines and indents go before the hash is taken: the page is written without them.
        script = "\n".join(line.strip() for line in this.script.render(**kwargs).splitlines() if line.strip())
        return self.template.render(
            **self.values,
            # Our own templates, whose values pass through tojson: markup, not text.
            map_html=Markup(this.html.render(**kwargs)),  # noqa: S704
            map_scripts=Markup(this.header.render(**kwargs)),  # noqa: S704
            map_script=Markup(script),  # noqa: S704
            script_hash=sha256_source(script),
        )


def _figure(element: Element) -> Any:
    """The figure at the root of an element; folium types it as an element."""
    return element.get_root()


def sha256_source(script: str) -> str:
    """The source expression of a Content-Security-Policy that allows exactly this inline script (CSP level 3)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def render(town_map: TownMap, environment: Environment, template: str, values: dict[str, Any]) -> str:
    """The whole page around a map, as text."""
    root = _figure(town_map)
    root._template = _Page(environment, template, values)
    return str(root.render())
