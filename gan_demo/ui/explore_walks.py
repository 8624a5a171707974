"""Two ways to walk: between the anchors A and B, and over a map of two directions."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gan_demo import exploring, images, movies
from gan_demo.images import Picture
from gan_demo.ui import explore_state as state
from gan_demo.ui import session
from gan_demo.ui.boards import pick_board
from gan_demo.ui.exhibit import Exhibit
from gan_demo.ui.explore_state import Tour
from gan_demo.ui.text import t

STRIP = 9  # pictures from A to B
SIDE = 7  # of the map
FRAMES = 24  # of the GIF, each way
CURVE = 64  # places that make the line of a path among points
NET = 49  # places each way of a map among points


def between(exhibit: Exhibit) -> None:
    """A, B and what lies between: a strip to click, a slider, and the film."""
    tour = state.tour(exhibit.model)
    if not exhibit.is_points:
        _strip(exhibit, tour)
    _slider(exhibit, tour)
    with st.container(horizontal=True, gap="small"):
        for side in ("a", "b"):
            st.button(
                t(f"explore.set_{side}"), key=f"explore.set_{side}", on_click=_set, args=(exhibit, side),
                icon=":material/push_pin:", help=t("explore.set_help"),
            )  # fmt: skip
        st.button(t("explore.shuffle"), icon=":material/shuffle:", on_click=_shuffle, args=(exhibit,))
    session.put("explore.way", "arc" if tour.spherical else "line")
    st.segmented_control(
        t("explore.way"), ["arc", "line"], format_func=lambda way: t(f"explore.way_{way}"), key="explore.way",
        required=True, on_change=_way, args=(exhibit,), help=t("explore.way_help"),
    )  # fmt: skip
    st.download_button(
        t("explore.gif"), lambda: film(exhibit, tour), f"{exhibit.id}.gif", "image/gif", on_click="ignore",
        icon=":material/gif_box:", key="explore.gif",
    )  # fmt: skip


def world(exhibit: Exhibit) -> None:
    """A map of two directions around the current place; a click goes there."""
    count = len(exhibit.directions.directions)
    if count < 2:
        st.info(t("explore.map_flat"))
        return
    for name, first in (("across", 0), ("down", 1)):
        if session.get(f"explore.{name}") not in range(count):
            session.put(f"explore.{name}", first)
    with st.container(horizontal=True):
        for name in ("across", "down"):
            st.selectbox(
                t(f"explore.{name}"), range(count), format_func=lambda k: t("explore.direction_short", n=k + 1),
                key=f"explore.{name}",
            )  # fmt: skip
    i, j = session.get("explore.across"), session.get("explore.down")
    if i == j:
        st.info(t("explore.map_same"))
    elif exhibit.is_points:
        st.caption(t("explore.map_points"))
    else:
        _map(exhibit, i, j)


def picture(exhibit: Exhibit, open_tab: str) -> Picture:
    """What is on stage, uint8 (H, W, C); among points, with the path or the map of the open tab drawn in."""
    tour = state.tour(exhibit.model)
    if not exhibit.is_points:
        return exploring.pictures(exhibit.generator, [tour.place])[0]
    way = tour.way(CURVE) if open_tab == "between" else []
    i, j = session.get("explore.across", 0), session.get("explore.down", 1)
    drawn = open_tab == "map" and i != j and max(i, j) < len(exhibit.directions.directions)
    mesh = exploring.board(tour.place, exhibit.directions, i, j, NET) if drawn else []
    return exploring.chart(exhibit.generator, _cloud(exhibit, tour.place.psi), tour.place, way, mesh)


def film(exhibit: Exhibit, tour: Tour) -> bytes:
    """A GIF from A to B and back."""
    there = tour.way(FRAMES)
    if exhibit.is_points:
        base = _cloud(exhibit, tour.place.psi)
        frames = [exploring.chart(exhibit.generator, base, place, there) for place in there]
    else:
        samples = exploring.pictures(exhibit.generator, there)
        scale = max(1, 224 // samples.shape[1])
        frames = [images.grid(samples[k : k + 1], 1, scale=scale) for k in range(len(samples))]
    return movies.gif(frames + frames[-2:0:-1], frames, [80] * (2 * len(frames) - 2))


def _cloud(exhibit: Exhibit, psi: float) -> Picture:
    return session.shared(
        f"cloud {exhibit.version} {exhibit.step}", psi,
        lambda: exploring.cloud(exhibit.generator, exhibit.model, psi, exhibit.data),
    )  # fmt: skip


def _strip(exhibit: Exhibit, tour: Tour) -> None:
    last = STRIP - 1
    pick_board(
        "explore.strip", exploring.pictures(exhibit.generator, tour.way(STRIP)), STRIP, label=t("explore.strip"),
        names=[t("explore.stop", percent=round(100 * k / last)) for k in range(STRIP)],
        marks=["A", *[""] * (last - 1), "B"], selected=round(tour.position * last) if tour.on_way() else -1,
        on_pick=lambda index: _walk(exhibit, index / last),
    )  # fmt: skip


def _slider(exhibit: Exhibit, tour: Tour) -> None:
    session.put("explore.t", 100 * tour.position)
    st.slider(
        t("explore.position"), 0.0, 100.0, step=0.5, key="explore.t", format="%.0f %%",
        on_change=lambda: _walk(exhibit, session.get("explore.t") / 100),
    )  # fmt: skip


def _map(exhibit: Exhibit, i: int, j: int) -> None:
    tour = state.tour(exhibit.model)
    cells = exploring.board(tour.place, exhibit.directions, i, j, SIDE)
    with st.container(key="explore_map"):
        pick_board(
            "explore.map", exploring.pictures(exhibit.generator, cells), SIDE, label=t("explore.tab_map"),
            names=[t("explore.cell", row=k // SIDE + 1, column=k % SIDE + 1) for k in range(SIDE * SIDE)],
            selected=exploring.nearest(tour.place, cells),
            on_pick=lambda index: state.go(exhibit.model, cells[index]),
        )  # fmt: skip
    st.caption(t("explore.map_caption"))


def _walk(exhibit: Exhibit, t: float) -> None:
    state.keep(state.tour(exhibit.model).walk(t))


def _set(exhibit: Exhibit, side: str) -> None:
    tour = state.tour(exhibit.model)
    changed = replace(tour, a=tour.place, position=0.0) if side == "a" else replace(tour, b=tour.place, position=1.0)
    state.keep(changed)


def _shuffle(exhibit: Exhibit) -> None:
    tour = state.tour(exhibit.model)
    a, b = (exploring.random_place(exhibit.model, state.new_seed()) for _ in range(2))
    state.keep(replace(tour, a=a, b=b).walk(0.0))


def _way(exhibit: Exhibit) -> None:
    tour = state.tour(exhibit.model)
    changed = replace(tour, spherical=session.get("explore.way") == "arc")
    state.keep(changed.walk(tour.position) if tour.on_way() else changed)
