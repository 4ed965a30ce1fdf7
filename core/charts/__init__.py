"""The charts of the pages, from frames: one palette for light, dark and colour-blind eyes, one plain configuration.

Called by pages, which pass the mode that is on and draw with `theme=None`. Reads no database and knows no screen; a
chart's title and caption are text above it, and a table beside it holds every mark.
"""

from dataclasses import dataclass

import altair as alt

FONT = "Source Sans"
"""The font that the pages ship: without a name that the browser knows, marks fall back to another."""
SMALL = 12
"""Nothing in a chart is smaller, in pixels."""
SERIES = ("blue", "teal", "red", "violet", "amber", "gray")


@dataclass(frozen=True)
class Palette:
    """The colours of one mode. The first six differ in lightness too, so that no eye takes one for another; a colour
    that means a state is pinned: qualified teal, rejected red, expired gray."""

    blue: str
    teal: str
    red: str
    violet: str
    amber: str
    gray: str
    text: str
    quiet: str
    grid: str
    ground: str
    tint: str
    """A pale blue on which `text` can be read."""
    shade: str
    """A pale gray on which `text` can be read."""


LIGHT = Palette(
    blue="#1F4E9E", teal="#1FA383", red="#A5370A", violet="#A277E6", amber="#B08400", gray="#474E5A", text="#10141B",
    quiet="#5A6270", grid="#E6E9EE", ground="#FFFFFF", tint="#C9DBF8", shade="#E7E9ED",
)
DARK = Palette(
    blue="#4A90F5", teal="#8BE8D6", red="#F0703A", violet="#CDB6FB", amber="#EDD68A", gray="#808793", text="#E6E8EC",
    quiet="#9EA6B3", grid="#2B3038", ground="#121418", tint="#1B3462", shade="#2A2E36",
)


def palette(theme: str | None) -> Palette:
    """The colours of a mode: `dark`, or anything else for light."""
    return DARK if theme == "dark" else LIGHT


def plain(chart: alt.TopLevelMixin, theme: str | None) -> alt.TopLevelMixin:
    """The chart as every chart looks: no frame, no line or tick of an axis, a grid that is hardly there, our font."""
    colours = palette(theme)
    return (
        chart.configure(background=colours.ground, font=FONT, padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            domain=False, ticks=False, gridColor=colours.grid, labelColor=colours.quiet, labelFont=FONT,
            labelFontSize=SMALL + 1, labelPadding=6, titleColor=colours.quiet, titleFont=FONT, titleFontSize=SMALL + 1,
            titleFontWeight="normal",
        )
        .configure_legend(
            labelColor=colours.quiet, labelFont=FONT, labelFontSize=SMALL + 1, symbolStrokeWidth=0, title=None,
        )
        .configure_text(color=colours.text, font=FONT, fontSize=SMALL + 1)
        .configure_range(category=[getattr(colours, name) for name in SERIES])
    )
