"""The parts about the networks: weights and gradients by layer, and the layers themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from gan_demo.boards.analyse import chart
from gan_demo.boards.analyse import layers as drawings
from gan_demo.boards.analyse import networks as pictures
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import analyses
from gan_demo.ui import session
from gan_demo.ui.analyse_page import charts, computed, moment
from gan_demo.ui.analyse_page.charts import Drawing, Points

NETWORKS = ("generator", "discriminator")


def weights(run: RunDir) -> None:
    """Draw the histograms of a layer's weights over the kept steps; a selected cell leads to its step."""
    charts.note(t("analyse.weights.note"))
    values = _value(run, "weights")
    if values is None:
        return
    layer = _layer(values)
    if layer is None:
        return
    left, right = st.columns([5, 3], gap="medium")
    with right:
        step = moment.show(run, "weights", layer["steps"])
    first, last = (_at(layer, "spread", step) for step in (layer["steps"][0], layer["steps"][-1]))
    words = [
        t("analyse.weights.spread", first=first, last=last),
        t("analyse.weights.at", step=chart.step_name(step), value=_at(layer, "spread", step)),
    ]
    with left:
        _histogram(run, "weights", layer, values, [], " ".join(words))


def gradients(run: RunDir) -> None:
    """Draw how strong each layer's gradient is, and the histograms of one; a cell leads to its layer and step."""
    note = t("analyse.gradients.note")
    charts.note(note)
    values = _value(run, "gradients")
    if values is None:
        return
    network = _network()
    norms = partial(drawings.norms, values[network])
    file = f"{run.id}-gradients-{network}"
    left, right = st.columns([5, 3], gap="medium")
    with left:
        key, title = f"analyse-norms-{network}", t("analyse.gradients.norm")
        charts.show(norms, key, title, file, on_select=partial(_select_layer, network))
    with right:
        step = moment.show(run, "gradients", values[network][0]["steps"])
    layer = _layer_of(values[network], network)
    words = [
        t("analyse.gradients.at", step=chart.step_name(step), value=_at(layer, "norm", step)),
        t("analyse.gradients.batch", n=values["batch"]),
    ]
    _histogram(run, "gradients", layer, values, [norms], " ".join(words))


def _select_layer(network: str, points: Points) -> None:
    """Go to the step and the layer of the first selected cell."""
    moment.select(points)
    for point in points[:1]:
        session.put(_layer_key(network), int(point["customdata"][1]))


def _at(layer: Mapping[str, Any], summary: str, step: int) -> str:
    """Return a layer's ``summary`` at one of its steps."""
    return f"{layer[summary][layer['steps'].index(step)]:.3g}"


def _value(run: RunDir, part: str) -> dict[str, Any] | None:
    (step,) = analyses.steps(run, part)
    return computed.value(run, part, step)


def _network() -> str:
    network = st.segmented_control(
        t("analyse.network"),
        NETWORKS,
        default=NETWORKS[0],
        format_func=chart.network_name,
        required=True,
        key="analyse-network",
    )
    return str(network)


def _layer(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Draw the choice of a network and a layer; return the layer, or None where the network was not saved."""
    network = _network()
    if not values[network]:
        st.info(t("analyse.obstacle.no_state"), icon=":material/info:")
        return None
    return _layer_of(values[network], network)


def _layer_of(layers: Sequence[Mapping[str, Any]], network: str) -> Mapping[str, Any]:
    index = st.selectbox(
        t("analyse.layer"),
        range(len(layers)),
        format_func=lambda k: str(layers[k]["title"]),
        key=_layer_key(network),
    )
    return layers[index]


def _layer_key(network: str) -> str:
    return f"analyse-layer-{network}"


def _histogram(
    run: RunDir,
    part: str,
    layer: Mapping[str, Any],
    values: Mapping[str, Any],
    others: Sequence[Drawing],
    sentence: str,
) -> None:
    """Draw a layer's histograms, a sentence below, and the files of all charts of the part."""
    title = t(f"analyse.{part}.chart", layer=layer["title"])
    file = f"{run.id}-{part}"
    if len(layer["steps"]) == 1:
        st.caption(t("analyse.layer.one", step=chart.step_name(layer["steps"][0])))
    histogram = partial(drawings.histogram, layer, part)
    on_select = moment.select if len(layer["steps"]) > 1 else None
    charts.show(histogram, f"analyse-{part}-{layer['name']}", title, file, on_select=on_select)
    st.markdown(sentence)
    charts.downloads(
        file, title, [t(f"analyse.{part}.note"), sentence], [*others, histogram], lambda: drawings.table(values, part)
    )


def networks(run: RunDir) -> None:
    """Draw both networks, layer by layer."""
    values = analyses.networks(run)
    title, note = t("analyse.networks.title"), t("analyse.networks.note")
    charts.note(note)
    drawn = [partial(pictures.picture, values, network) for network in NETWORKS]
    columns = st.columns(2, gap="large")
    for column, network, picture in zip(columns, NETWORKS, drawn, strict=True):
        with column:
            count = t("analyse.networks.weights", n=f"{values[network]['parameters']:,}")
            st.subheader(chart.network_name(network), anchor=False)
            st.caption(count)
            charts.show(picture, f"analyse-{network}", chart.network_name(network), f"{run.id}-{network}")
    charts.downloads(f"{run.id}-networks", title, [note], drawn, partial(pictures.table, values))
