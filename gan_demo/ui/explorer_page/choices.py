"""What was read off a weights file, and what it leaves open: a picture for each value, and a button to choose it."""

from __future__ import annotations

import hashlib
import re

import streamlit as st

from gan_demo.boards.titles import plain
from gan_demo.explorer import skipped_weights
from gan_demo.i18n.text import keys, named, t
from gan_demo.ui import session, widgets
from gan_demo.ui.explorer_page import hub_source, opened
from gan_demo.ui.explorer_page.opened import OpenedWeights
from gan_demo.weights import hub
from gan_demo.weights.choices import Choice

_SHOWN = 6  # values of a choice; the others on demand
_PICTURE = 112  # pixels
_LAYER = re.compile(r"k\d+s(\d+)p(\d+)(?:o(\d+))?")  # kernel, stride, padding, output padding
_MOST_SKIPPED = 4  # values beside the weights that are named
_SHORT = (
    "activation",
    "first_activation",
    "norm_eps",
    "layout",
    "shape",
    "labels",
)  # whose values speak for themselves
_NAMES = {  # of activations, as papers and frameworks write them
    "leaky_relu": "LeakyReLU",
    "relu": "ReLU",
    "selu": "SELU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
}


def draw(weights: OpenedWeights) -> None:
    """Draw the facts, the choice of a network if the file has several, and what is open."""
    _facts(weights)
    _file(weights)
    _network(weights)
    refusal = opened.refused_choice()
    if refusal is not None:
        widgets.show_error(refusal)
    if not weights.recognised.choices:
        return
    open_count = len(weights.upload.loaded.assumed)
    label = t("explore.open", n=open_count) if open_count else t("explore.open_none")
    with st.expander(label, icon=":material/rule:", key="explore-open", on_change="rerun") as box:
        if not box.open:
            return
        st.caption(t("explore.open_help"))
        for choice in weights.recognised.choices:
            _choice(weights, choice)
        if weights.chosen:
            st.button(
                t("explore.open_reset"),
                icon=":material/undo:",
                key="explore.open_reset",
                on_click=opened.assume_likeliest,
                args=(weights,),
            )


def _facts(weights: OpenedWeights) -> None:
    loaded = weights.upload.loaded
    model = loaded.config
    channels, height, width = model.shape if len(model.shape) == 3 else (0, 0, 0)
    facts = [named("explore.kind", loaded.source), t("explore.fact.latents", n=f"{model.z_dim:,}")]
    if channels:
        colours = t("explore.fact.gray" if channels == 1 else "explore.fact.colour")
        facts.append(t("explore.fact.images", width=width, height=height, colours=colours))
    if model.label_width:
        facts.append(t("explore.fact.labels", n=f"{model.label_width:,}"))
    with st.container(key="explore-facts"):
        st.caption(t("explore.recognised", what=" · ".join(facts)), help=_layers(weights))
        _skipped(weights)
    if weights.upload.drawn_here:
        st.caption(t("explore.drawn_here", size=max(1, round(weights.origin.size / 2**20))))


def _skipped(weights: OpenedWeights) -> None:
    """Say what the file holds besides its generators; more of it stands in the tooltip."""
    skipped = weights.origin.file.skipped(weights.recognised)
    if not skipped.named:
        return
    longer = skipped_weights.sentence(skipped, len(skipped.named)) if len(skipped.named) > _MOST_SKIPPED else ""
    st.caption(plain(skipped_weights.sentence(skipped, _MOST_SKIPPED)), help=plain(longer) or None)


def _layers(weights: OpenedWeights) -> str | None:
    return "  \n".join(weights.recognised.layers) or None


def _file(weights: OpenedWeights) -> None:
    """Draw the choice among the files of a repository, if it has several."""
    files = weights.origin.files
    current = hub.parse(weights.origin.address).file if weights.origin.address else ""
    if len(files) < 2 or current not in files:
        return
    key = f"explore.hub-file.{weights.id}"
    st.selectbox(
        t("explore.hub.file"),
        files,
        index=files.index(current),
        key=key,
        help=t("explore.hub.file_help"),
        on_change=_choose_file,
        args=(weights, key, current),
        width=360,
    )


def _choose_file(weights: OpenedWeights, key: str, current: str) -> None:
    hub_source.want_file(weights.origin.address, session.get(key))
    session.put(key, current)  # in case the other can't be opened


def _network(weights: OpenedWeights) -> None:
    names = weights.origin.file.names
    if len(names) < 2:
        return
    key = f"explore.network.{weights.id}"
    st.selectbox(
        t("explore.network"),
        names,
        index=names.index(weights.upload.loaded.network),
        key=key,
        help=t("explore.network_help"),
        on_change=_choose_network,
        args=(weights, key),
        width=360,
    )


def _choose_network(weights: OpenedWeights, key: str) -> None:
    with st.spinner(t("explore.reading")):  # above the page, as a callback runs before it is drawn
        opened.choose_network(weights, session.get(key))


def _choice(weights: OpenedWeights, choice: Choice) -> None:
    """Draw the values of a choice side by side, each with a picture."""
    used = weights.options[choice.name]
    assumed = choice.name in weights.upload.loaded.assumed
    value = value_name(choice.name, used)
    shown = t("explore.assumed", value=value) if assumed else value
    is_of_blocks = choice.name == "layout" and not _strides(used)
    title = t("explore.choice.blocks" if is_of_blocks else f"explore.choice.{choice.name}")
    st.markdown(f"**{title}** — {shown}")
    values = choice.values
    if len(values) > _SHOWN and not st.toggle(
        t("explore.open_all", n=len(values)), key=f"explore.all.{weights.id}.{choice.name}"
    ):
        values = tuple(dict.fromkeys((*values[:_SHOWN], used)))
    with st.container(horizontal=True, key=f"explore-choice-{choice.name}"):
        for value in values:
            _value(weights, choice.name, value, value == used)


def _value(weights: OpenedWeights, name: str, value: str, is_used: bool) -> None:
    with st.container(width=_PICTURE + 8, gap="xsmall"):
        picture = _picture(weights, {**weights.options, name: value})
        if picture is None:
            st.caption(t("explore.not_finite"))
        else:
            st.image(picture, width=_PICTURE)
        st.button(
            value_name(name, value),
            key=f"explore.choose.{weights.id}.{name}.{value}",
            type="primary" if is_used else "secondary",
            width="stretch",
            on_click=opened.choose,
            args=(weights, name, value),
        )


def _picture(weights: OpenedWeights, options: dict[str, str]) -> bytes | None:
    """Return the preview of these options, drawn once in a session."""
    from gan_demo.explorer import option_previews  # torch comes with it

    cache: dict[str, bytes | None] = session.get("explore.previews", {})
    key = hashlib.sha256(
        repr((weights.origin.id, weights.upload.loaded.network, sorted(options.items()))).encode()
    ).hexdigest()
    if key not in cache:
        if len(cache) > 400:
            cache.clear()
        cache[key] = option_previews.preview(weights.recognised, options)
        session.put("explore.previews", cache)
    return cache[key]


def value_name(name: str, value: str) -> str:
    """Return a value in words, or as it is written in code."""
    key = f"explore.option.{name}.{value}"
    known = keys("explore.option.")
    if key in known:
        return t(key)
    parts = [f"explore.option.{name}.{part}" for part in value.split(",")]  # such as which blocks upsample
    if all(part in known for part in parts):
        return t("own.comma").join(t(part) for part in parts)
    kind, _, number = value.rpartition("_")
    if kind in _NAMES and number.replace(".", "").isdigit():
        return f"{_NAMES[kind]} {number}"
    return _strides(value) or _NAMES.get(value, value)


def _strides(value: str) -> str:
    """Return the strides and the paddings of a layout: "1,2 · 0,1+1" for "k4s1p0,k4s2p1o1"; "" for another value."""
    layers = [_LAYER.fullmatch(layer) for layer in value.split(",")]
    known = [layer for layer in layers if layer]
    if len(known) < len(layers):
        return ""
    paddings = (f"{layer[2]}+{layer[3]}" if layer[3] else layer[2] for layer in known)
    return f"{','.join(layer[1] for layer in known)} · {','.join(paddings)}"
