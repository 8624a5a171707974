"""What was read off a weights file, and what it leaves open: a picture for each value, and a button to choose it."""

from __future__ import annotations

import hashlib

import streamlit as st

from gan_demo.boards.titles import plain
from gan_demo.explorer import skipped_weights
from gan_demo.i18n.text import keys, named, t
from gan_demo.ui import session, widgets
from gan_demo.ui.explorer_page import opened
from gan_demo.ui.explorer_page.opened import OpenedWeights
from gan_demo.weights.choices import Choice

_SHOWN = 6  # values of a choice; the others on demand
_PICTURE = 112  # pixels
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
    st.markdown(
        f"**{t(f'explore.choice.{choice.name}')}** — {_said(choice.name, used)}"
        + ("" if not assumed else f" ({t('explore.assumed')})")
    )
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
            _said(name, value),
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


def _said(name: str, value: str) -> str:
    """Return a value in words, or as it is written in code."""
    key = f"explore.option.{name}.{value}"
    if key in keys("explore.option."):
        return t(key)
    kind, _, number = value.rpartition("_")
    if kind in _NAMES and number.replace(".", "").isdigit():
        return f"{_NAMES[kind]} {number}"
    return _NAMES.get(value, value)
