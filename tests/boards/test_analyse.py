"""The charts of a look inside a run: Plotly accepts each, in both palettes, and tables and web pages hold its numbers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from plotly import graph_objects as go
from streamlit.elements.lib import streamlit_plotly_theme as theme

from gan_demo.analysis.inside import architecture
from gan_demo.boards.analyse import chart, course, layers, networks, samples
from gan_demo.boards.analyse.chart import FILE, PAGE, Figure, Palette
from gan_demo.config import LabelField, ModelConfig
from gan_demo.export import analysis_files
from gan_demo.i18n import text

ROOT = Path(__file__).resolve().parents[2]
PATH = {"steps": [1, 50, 400], "precision": [0.0, 0.5, 0.8], "recall": [0.0, 0.2, 0.7], "fcd": [90.0, None, 5.0]}
SHARES = {"steps": [1, 50], "shares": [[0.5, 0.5], [0.9, 0.1]]}
OUTPUTS = {"edges": [-1.0, 0.0, 1.0], "real": [1, 3], "fake": [2, 2], "threshold": 0.0}
PLANE = {
    "explained": [0.4, 0.2],
    "real": [[0.0, 0.0], [2.0, 4.0], [9.0, 9.0]],
    "fake": [[1.0, 1.0]],
    "real_classes": [[1], [1], [0]],
    "fake_classes": [[0]],
}
SURFACE = {"axis": [-2.0, 2.0], "shares": [[0.1, 0.9], [0.5, 0.5]]}
POINTS = {"real": [[0.0, 1.0]], "fake": [[1.0, 0.0]], "surface": SURFACE}
WEIGHTS = {
    "name": "net.0.weight",
    "title": "net.0: Linear 2 → 2",
    "steps": [1, 9],
    "edges": [-1.0, 0.0, 1.0],
    "shares": [[0.5, 0.5], [0.25, 0.75]],
    "spread": [0.1, 0.2],
}
GRADIENTS = {key: value for key, value in WEIGHTS.items() if key != "spread"} | {"norm": [0.0, 20.0]}
ONE_STEP = WEIGHTS | {"steps": [1], "shares": [[0.5, 0.5]]}
DIGIT = (LabelField("digit", ("0", "1")),)
NETWORKS = architecture.compute(ModelConfig(shape=(1, 28, 28), width=4, d_width=4, labels=DIGIT, conditional=True))


def figures(colours: Palette) -> dict[str, Figure]:
    return {
        "quality": course.quality(PATH, False, colours),
        "quality of points": course.quality(PATH, True, colours),
        "classes": course.classes(SHARES, ["a", "b"], colours),
        "outputs": samples.outputs(OUTPUTS, colours),
        "plane": samples.plane(PLANE, [["zero", "one"]], colours),
        "plane of points": samples.plane(POINTS, [], colours),
        "weights": layers.histogram(WEIGHTS, "weights", colours),
        "weights of one step": layers.histogram(ONE_STEP, "weights", colours),
        "gradients": layers.histogram(GRADIENTS, "gradients", colours),
        "norms": layers.norms([GRADIENTS], colours),
        "generator": networks.picture(NETWORKS, "generator", colours),
        "discriminator": networks.picture(NETWORKS, "discriminator", colours),
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_plotly_accepts_every_figure_and_its_axes_say_what_they_show(language: str) -> None:
    with text.use_language(language):
        for name, figure in figures(PAGE).items():
            drawn = go.Figure(figure)
            is_picture = name in ("generator", "discriminator")
            assert is_picture or drawn.layout.xaxis.title.text, name


def test_colours_of_the_page_are_those_that_streamlit_replaces_by_the_themes() -> None:
    expected = [
        *(getattr(theme, f"CATEGORY_{k}") for k in range(6)),
        *(getattr(theme, f"SEQUENTIAL_{k}") for k in range(10)),
        *(getattr(theme, f"DIVERGING_{k}") for k in range(10)),
        theme.GRAY_90,
        theme.BG_COLOR,
    ]
    assert [*PAGE.categories, *PAGE.sequential, *PAGE.diverging, PAGE.text, PAGE.ground] == expected


def test_colours_of_files_are_the_light_themes() -> None:
    light = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]["light"]
    assert list(FILE.categories) == light["chartCategoricalColors"]
    assert list(FILE.sequential) == light["chartSequentialColors"]
    assert list(FILE.diverging) == light["chartDivergingColors"]
    assert FILE.text == light["textColor"]


@pytest.mark.parametrize("name", list(figures(PAGE)))
def test_no_colour_stands_in_a_figure_but_the_palettes(name: str) -> None:
    colours = set(re.findall(r"#[0-9a-f]{6}", str(figures(FILE)[name])))
    assert colours <= {*FILE.categories, *FILE.sequential, *FILE.diverging, FILE.text}


# ---- what they say


def test_each_point_of_a_quality_path_knows_its_step() -> None:
    (trace,) = course.quality(PATH, False, PAGE)["data"]
    assert (trace["customdata"], trace["x"], trace["y"]) == (PATH["steps"], PATH["recall"], PATH["precision"])
    assert [bool(words) for words in trace["text"]] == [True, True, True]


def test_each_cell_of_the_classes_over_time_can_be_selected_and_knows_its_step() -> None:
    heat_map, cells = course.classes(SHARES, ["a", "b"], PAGE)["data"]
    assert (heat_map["hoverinfo"], cells["customdata"]) == ("skip", [1, 1, 50, 50])
    for x, y, words in zip(cells["x"], cells["y"], cells["hovertext"], strict=True):
        share = heat_map["z"][y][heat_map["x"].index(x)]
        assert words == f"{'ab'[y]}, step {x}: {share:.1%}"


@pytest.mark.parametrize("part", ["weights", "gradients"])
def test_each_cell_of_a_layer_s_histograms_can_be_selected_and_knows_its_step(part: str) -> None:
    heat_map, cells = layers.histogram(WEIGHTS if part == "weights" else GRADIENTS, part, PAGE)["data"]
    assert (heat_map["hoverinfo"], cells["customdata"]) == ("skip", [1, 1, 9, 9])
    assert (cells["x"], cells["y"]) == (["1", "1", "9", "9"], [-0.5, 0.5, -0.5, 0.5])
    assert [words.rpartition(" ")[2] for words in cells["hovertext"]] == ["50.0%", "50.0%", "25.0%", "75.0%"]


def test_each_cell_of_the_norms_knows_its_step_and_its_layer() -> None:
    heat_map, cells = layers.norms([GRADIENTS, GRADIENTS | {"name": "net.2.weight"}], PAGE)["data"]
    assert heat_map["y"] == ["net.0", "net.2"]
    assert cells["customdata"] == [[1, 0], [9, 0], [1, 1], [9, 1]]
    assert (cells["x"], cells["y"][2:]) == (["1", "9", "1", "9"], ["net.2", "net.2"])


def test_histograms_are_shares_of_their_own_kind() -> None:
    real, fake = samples.outputs(OUTPUTS, PAGE)["data"]
    assert (real["y"], fake["y"], real["x"]) == ([0.25, 0.75], [0.5, 0.5], [-0.5, 0.5])


def test_a_point_of_the_plane_knows_its_sample_and_a_class_is_named_at_its_middle() -> None:
    figure = samples.plane(PLANE, [["zero", "one"]], PAGE)
    real, fake = figure["data"]
    assert real["customdata"] == [["real", 0], ["real", 1], ["real", 2]]
    assert fake["hovertext"] == ["generated: zero"]
    middles = {label["text"]: (label["x"], label["y"]) for label in figure["layout"]["annotations"]}
    assert middles == {"<b>zero</b>": (9.0, 9.0), "<b>one</b>": (1.0, 2.0)}


def test_names_of_classes_are_the_fields_values_or_numbered_clusters() -> None:
    assert chart.class_names([("digit", ("0", "1"))], 2) == ["0", "1"]
    assert chart.class_names([("glasses", ("none", "dark")), ("hat", ("no", "yes"))], 4)[1] == "Glasses: dark"
    assert chart.class_names([], 2) == ["cluster 1", "cluster 2"]


def test_a_norm_of_zero_stays_on_the_logarithmic_scale() -> None:
    trace, _ = layers.norms([GRADIENTS], PAGE)["data"]
    assert trace["z"] == [[-12.0, pytest.approx(1.301, abs=1e-3)]]


# ---- files


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        (course.quality_table(PATH), 3),
        (course.classes_table(SHARES, ["a", "b"]), 2),
        (samples.outputs_table(OUTPUTS), 2),
        (samples.plane_table(PLANE), 4),
        (layers.table({"generator": [WEIGHTS], "discriminator": [WEIGHTS]}, "weights"), 8),
        (layers.table({"generator": [GRADIENTS], "discriminator": []}, "gradients"), 4),
        (networks.table(NETWORKS), 7),
    ],
)
def test_a_table_has_a_head_and_a_value_for_each_of_its_columns(rows: list[list[Any]], count: int) -> None:
    lines = analysis_files.table(rows).decode().splitlines()
    assert len(lines) == count + 1
    assert {len(row) for row in rows} == {len(rows[0])}


def test_a_missing_number_is_an_empty_cell() -> None:
    assert analysis_files.table(course.quality_table(PATH)).decode().splitlines()[2] == "50,0.5,0.2,"


def test_a_page_holds_its_charts_and_loads_nothing() -> None:
    with text.use_language("zh"):
        charts = [samples.outputs(OUTPUTS, FILE), course.quality(PATH, False, FILE)]
        page = analysis_files.page(charts, "a <b>", ["read it so"]).decode()
    assert '<html lang="zh">' in page
    assert "a &lt;b&gt;" in page
    assert page.count("Plotly.newPlot(") >= 2
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", page)
