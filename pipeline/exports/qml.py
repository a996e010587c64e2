"""Styles as QGIS writes them (QML): rules with colours, labels, aliases. Only what differs from QGIS's own defaults is said.

Read and drawn by QGIS 3.22 (Debian 12); the elements are those its own `saveNamedStyle` writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

VERSION = "3.22.0"
INK, HALO = "#33302a", "#ffffff"


@dataclass(frozen=True)
class Rule:
    """Which rows, how they are called in the legend, and their colours; `fill` None draws the outline only."""

    where: str
    label: str
    fill: str | None
    line: str = "#ffffff"
    width_mm: float = 0.1
    dashed: bool = False


@dataclass(frozen=True)
class Labelling:
    """What is written on a feature, an expression of QGIS, from the scale 1:`scale` to 1:`up_to`."""

    text: str
    scale: int
    size_pt: float = 8.0
    along: bool = False
    up_to: int = 1


def vector_style(geometry: str | None, title: str, rules: list[Rule], labelling: Labelling | None, aliases: dict[str, str], name: str | None = None) -> str:
    """The style of a layer.

    Parameters
    ----------
    geometry
        polygon, line, point, or None for a table without places.
    title
        Heading of the legend, with the unit.
    rules
        Drawn in their order.
    labelling
        None writes nothing.
    aliases
        Column -> alias, in file order.
    name
        Column or expression by which a feature is called in lists.
    """
    parts = [] if geometry is None else [_renderer(geometry, title, rules), *([] if labelling is None else [_labelling(labelling)])]
    fields = "".join(f'<alias index="{i}" field={quoteattr(n)} name={quoteattr(a)}/>' for i, (n, a) in enumerate(aliases.items(), 1))
    shown = "" if name is None else f"<previewExpression>{escape(name)}</previewExpression>"
    flag = int(labelling is not None and geometry is not None)
    kinds = "Symbology|Labeling|Fields|Forms" if geometry else "Fields|Forms"
    return f'<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="{VERSION}" styleCategories="{kinds}" labelsEnabled="{flag}">{"".join(parts)}<aliases>{fields}</aliases>{shown}</qgis>'


def _renderer(geometry: str, title: str, rules: list[Rule]) -> str:
    listed = "".join(f'<rule key="{{rule-{i}}}" symbol="{i}" filter={quoteattr(r.where)} label={quoteattr(r.label)}/>' for i, r in enumerate(rules))
    symbols = "".join(_symbol(geometry, i, r) for i, r in enumerate(rules))
    return f'<renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0" forceraster="0"><rules key="{{root}}"><rule key="{{title}}" label={quoteattr(title)}>{listed}</rule></rules><symbols>{symbols}</symbols></renderer-v2>'


def _symbol(geometry: str, number: int, rule: Rule) -> str:
    style = "dash" if rule.dashed else "solid"
    if geometry == "line":
        kind, layer = "line", "SimpleLine"
        options = {"line_color": _rgba(rule.line), "line_width": f"{rule.width_mm:g}", "line_width_unit": "MM", "line_style": style, "capstyle": "round", "joinstyle": "round"}
    elif geometry == "point":
        kind, layer = "marker", "SimpleMarker"
        options = {
            "name": "circle", "size": "3", "size_unit": "MM", "color": _rgba(rule.fill or HALO), "outline_color": _rgba(rule.line),
            "outline_width": f"{rule.width_mm:g}", "outline_width_unit": "MM", "outline_style": style,
        }  # fmt: skip
    else:
        kind, layer = "fill", "SimpleFill"
        options = {
            "color": _rgba(rule.fill or HALO), "style": "solid" if rule.fill else "no", "outline_color": _rgba(rule.line),
            "outline_width": f"{rule.width_mm:g}", "outline_width_unit": "MM", "outline_style": style, "joinstyle": "bevel",
        }  # fmt: skip
    listed = "".join(f'<Option name="{k}" type="QString" value="{v}"/>' for k, v in options.items())
    return f'<symbol name="{number}" type="{kind}" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="{layer}" pass="0" enabled="1" locked="0"><Option type="Map">{listed}</Option></layer></symbol>'


def _labelling(text: Labelling) -> str:
    # 2 writes along a line, 1 over the middle of a polygon; a label may leave its polygon, else small roofs had none.
    placement = 2 if text.along else 1
    return (
        f'<labeling type="simple"><settings calloutType="simple"><text-style fieldName={quoteattr(text.text)} isExpression="1" fontSize="{text.size_pt:g}" '
        f'fontSizeUnit="Point" textColor="{_rgba(INK)}" textOpacity="1"><text-buffer bufferDraw="1" bufferSize="0.7" bufferSizeUnits="MM" bufferColor="{_rgba(HALO)}" bufferOpacity="0.85" bufferNoFill="1"/></text-style>'
        f'<text-format/><placement placement="{placement}" placementFlags="10" priority="5" centroidInside="1" dist="0"/>'
        f'<rendering drawLabels="1" scaleVisibility="1" scaleMin="{text.up_to}" scaleMax="{text.scale}" obstacle="0"/></settings></labeling>'
    )


def paletted_style(colours: dict[int, str], names: dict[int, str]) -> str:
    """Style of a raster of codes: colour and name of each."""
    entries = "".join(f'<paletteEntry value="{code}" color="{colour}" alpha="255" label={quoteattr(names[code])}/>' for code, colour in colours.items())
    return _raster(f'<rasterrenderer type="paletted" band="1" opacity="1" alphaBand="-1"><colorPalette>{entries}</colorPalette></rasterrenderer>')


def stepped_style(limits: list[float], colours: list[str], names: list[str]) -> str:
    """Style of a raster of numbers: one colour below each limit, the last above all."""
    tops = [*(f"{v:g}" for v in limits), "inf"]
    items = "".join(f'<item value="{top}" color="{c}" alpha="255" label={quoteattr(n)}/>' for top, c, n in zip(tops, colours, names, strict=True))
    ends = f'minimumValue="0" maximumValue="{limits[-1]:g}"'
    return _raster(
        f'<rasterrenderer type="singlebandpseudocolor" band="1" opacity="1" alphaBand="-1" classificationMin="0" classificationMax="{limits[-1]:g}">'
        f'<rastershader><colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" {ends}>{items}</colorrampshader></rastershader></rasterrenderer>'
    )


def _raster(renderer: str) -> str:
    return f'<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="{VERSION}" styleCategories="Symbology"><pipe>{renderer}<brightnesscontrast/><huesaturation/><rasterresampler/></pipe><blendMode>0</blendMode></qgis>'


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


def layer_metadata(identifier: str, title: str, abstract: str, rights: list[str], licences: list[str], crs: str, history: list[str]) -> str:
    """Metadata of a layer as QGIS keeps them (resources/qgis-resource-metadata.xsd): shown under the layer's properties."""

    def each(tag: str, texts: list[str]) -> str:
        return "".join(f"<{tag}>{escape(t)}</{tag}>" for t in texts)

    system = f"<crs><spatialrefsys><authid>{escape(crs)}</authid></spatialrefsys></crs>" if crs else ""
    return (
        f"<qgis><identifier>{escape(identifier)}</identifier><parentidentifier/><language>ITA</language><type>dataset</type><title>{escape(title)}</title>"
        f"<abstract>{escape(abstract)}</abstract><links/><fees/>{each('rights', rights)}{each('license', licences)}<encoding>UTF-8</encoding>{system}{each('history', history)}</qgis>"
    )
