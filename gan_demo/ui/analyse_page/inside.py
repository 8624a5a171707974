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
from gan_demo.ui.analyse_page import charts, computed
from gan_demo.ui.analyse_page.charts import Drawing

NETWORKS = ("generator", "discriminator")


def weights(run: RunDir) -> None:
    """Draw the histograms of a layer's weights over the kept steps."""
    charts.note(t("analyse.weights.note"))
    values = _value(run, "weights")
    if values is None:
        return
    layer = _layer(values)
    if layer is None:
        return
    first, last = (f"{layer['spread'][k]:.3g}" for k in (0, -1))
    _histogram(run, "weights", layer, values, [], t("analyse.weights.spread", first=first, last=last))


def gradients(run: RunDir) -> None:
    """Draw how strong each layer's gradient is, and the histograms of one of them."""
    note = t("analyse.gradients.note")
    charts.note(note)
    values = _value(run, "gradients")
    if values is None:
        return
    network = _network()
    norms = partial(drawings.norms, values[network])
    file = f"{run.id}-gradients-{network}"
    charts.show(norms, f"analyse-norms-{network}", t("analyse.gradients.norm"), file)
    layer = _layer_of(values[network], network)
    _histogram(run, "gradients", layer, values, [norms], t("analyse.gradients.batch", n=values["batch"]))


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
        key=f"analyse-layer-{network}",
    )
    return layers[index]


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
    charts.show(histogram, f"analyse-{part}-{layer['name']}", title, file)
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
