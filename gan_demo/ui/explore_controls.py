"""The stage, and what steers it directly: labels, directions, components of z, truncation, chance, undo, files."""

from __future__ import annotations

import streamlit as st

from gan_demo import exploring, images
from gan_demo.config import LabelField
from gan_demo.errors import GanDemoError
from gan_demo.exploring import Origin, Place
from gan_demo.i18n.text import has, named, t
from gan_demo.images import Picture
from gan_demo.ui import explore_state as state
from gan_demo.ui import session
from gan_demo.ui.boards import pick_board
from gan_demo.ui.exhibit import Exhibit
from gan_demo.ui.widgets import plain, show_error

REACH = 3.5  # standard deviations a slider goes either way
PAGE = 16  # components of z on show at a time
NEAR = 16  # neighbours on offer


def stage(exhibit: Exhibit, picture: Picture) -> None:
    """The picture of the current place, and what is done with it as a whole."""
    place = state.tour(exhibit.model).place
    with st.container(key="explore_stage"):
        # within its message: another address would have to be asked for, which takes longer than to draw it
        st.image(images.data_url(picture), width=exploring.STAGE, alt=t("explore.stage_alt"))
    with st.container(horizontal=True, gap="small", key="explore_actions"):
        st.button(
            t("explore.random"), icon=":material/casino:", type="primary", on_click=_random, args=(exhibit,),
            key="explore.random",
        )  # fmt: skip
        st.button(
            t("explore.undo"), icon=":material/undo:", on_click=_undo, args=(exhibit,), key="explore.undo",
            disabled=not state.tour(exhibit.model).past,
        )  # fmt: skip
        st.button(
            t("explore.reset"), icon=":material/restart_alt:", on_click=_reset, args=(exhibit,), key="explore.reset",
            help=t("explore.reset_help"),
        )  # fmt: skip
        files = st.popover(t("explore.files"), icon=":material/save:", key="explore.files", on_change="rerun")
        if files.open:  # every move draws all that is here anew
            with files:
                _files(exhibit, place, picture)
    if exhibit.is_points:
        st.caption(t("explore.points_caption"))
    refused = session.get("explore.latent_refused")
    if isinstance(refused, GanDemoError):
        show_error(refused)


def labels(exhibit: Exhibit) -> None:
    """One selector a label field; two values of an only field can be blended."""
    place, fields = state.tour(exhibit.model).place, exhibit.model.labels
    if len(fields) == 1:
        _only_field(exhibit, place, fields[0])
        return
    yes_no = [k for k, one in enumerate(fields) if one.values == ("no", "yes")]
    with st.container(horizontal=True, gap="medium"):
        for k in yes_no:
            session.put(key := f"explore.label.{k}", exploring.strongest(place.labels[k])[0] == 1)
            st.toggle(_field(fields[k]), key=key, on_change=_label, args=(exhibit, k))
    rest = [k for k in range(len(fields)) if k not in yes_no]
    columns = st.columns(2) if rest else []
    for n, k in enumerate(rest):
        with columns[n % 2]:
            session.put(key := f"explore.label.{k}", exploring.strongest(place.labels[k])[0])
            _selector(fields[k], key, exhibit, k)


def sliders(exhibit: Exhibit) -> None:
    """Strongest directions, truncation, and the components of z behind a toggle."""
    place = state.tour(exhibit.model).place
    st.markdown(f"**{t('explore.directions')}**", help=t("explore.directions_help"))
    columns = st.columns(2, gap="medium")
    along = exploring.coordinates(place, exhibit.directions)
    for k, value in enumerate(along):
        session.put(key := f"explore.direction.{k}", _shown(value))
        share = round(100 * float(exhibit.directions.explained[k]))
        with columns[2 * k // len(along)]:  # downwards, as a phone stacks the columns
            st.slider(
                t("explore.direction", n=k + 1, share=share), -REACH, REACH, step=0.05, key=key,
                on_change=_direction, args=(exhibit, k),
            )  # fmt: skip
    session.put("explore.psi", min(1.5, round(place.psi, 2)))
    st.slider(
        t("explore.psi"), 0.0, 1.5, step=0.05, key="explore.psi", help=t("explore.psi_help"),
        on_change=_psi, args=(exhibit,),
    )  # fmt: skip
    if st.toggle(t("explore.raw"), key="explore.raw", help=t("explore.raw_help")):
        _components(exhibit, place)


def neighbours(exhibit: Exhibit) -> None:
    """A board of places close by; a click goes there."""
    tour = state.tour(exhibit.model)
    near = exploring.neighbours(tour.place, NEAR, len(tour.past))
    st.markdown(f"**{t('explore.neighbours')}**", help=t("explore.neighbours_help"))
    pick_board(
        "explore.neighbours", exploring.pictures(exhibit.generator, near), NEAR // 2, label=t("explore.neighbours"),
        names=[t("explore.neighbour", n=n + 1) for n in range(NEAR)],
        on_pick=lambda index: state.go(exhibit.model, near[index]),
    )  # fmt: skip


def _only_field(exhibit: Exhibit, place: Place, field: LabelField) -> None:
    first, second, share = exploring.strongest(place.labels[0])
    if _blended(len(field.values)) != place.labels[0]:  # it was changed elsewhere
        session.put("explore.label.0", first)
        session.put("explore.second", second if second != first else (first + 1) % len(field.values))
        session.put("explore.share", round(100 * share))
    _selector(field, "explore.label.0", exhibit, 0)
    if len(field.values) > 1:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width=130):
                st.selectbox(
                    t("explore.blend"), range(len(field.values)), key="explore.second", on_change=_blend,
                    args=(exhibit,), format_func=lambda k: _value(field, k),
                )  # fmt: skip
            st.slider(
                t("explore.share"), 0, 100, step=5, key="explore.share", format="%d %%", on_change=_blend,
                args=(exhibit,),
            )  # fmt: skip


def _selector(field: LabelField, key: str, exhibit: Exhibit, k: int) -> None:
    """As small as the values allow: buttons for a few short ones, a list for many, a slider for a scale."""
    names = [_value(field, one) for one in range(len(field.values))]
    title, values, done = _field(field), range(len(names)), (exhibit, k)
    room = 36 if len(exhibit.model.labels) == 1 else 24  # characters; on a phone the buttons wrap
    if field.name == "skin_tone":
        st.select_slider(title, values, key=key, format_func=names.__getitem__, on_change=_label, args=done)
    elif sum(len(name) + 2 for name in names) <= room:
        st.segmented_control(
            title, values, key=key, format_func=lambda one: plain(names[one]), on_change=_label, args=done,
            required=True,
        )  # fmt: skip
    else:
        st.selectbox(title, values, key=key, format_func=names.__getitem__, on_change=_label, args=done)


def _field(field: LabelField) -> str:
    return plain(named("explore.field", field.name))


def _value(field: LabelField, k: int) -> str:
    key = f"explore.value.{field.name}.{field.values[k]}"
    return t(key) if has(key) else field.values[k]


def _components(exhibit: Exhibit, place: Place) -> None:
    starts = list(range(0, len(place.z), PAGE))
    start = 0
    if len(starts) > 1:
        ranges = {one: f"{one + 1}–{min(one + PAGE, len(place.z))}" for one in starts}
        start = st.selectbox(t("explore.raw_page"), starts, format_func=ranges.__getitem__, key="explore.page") or 0
    columns = st.columns(4, gap="small")
    for k in range(start, min(start + PAGE, len(place.z))):
        session.put(key := f"explore.z.{k}", _shown(place.z[k]))
        with columns[k % 4]:
            st.slider(f"z{k + 1}", -REACH, REACH, step=0.05, key=key, on_change=_component, args=(exhibit, k))


def _files(exhibit: Exhibit, place: Place, picture: Picture) -> None:
    stem = f"{exhibit.id}-{exhibit.step}" if exhibit.step is not None else exhibit.id
    st.download_button(
        t("explore.png"), lambda: images.png(_enlarged(picture)), f"{stem}.png", "image/png", on_click="ignore",
        icon=":material/image:", width="stretch", key="explore.png",
    )  # fmt: skip
    st.download_button(
        t("explore.json"), lambda: exploring.to_json(place, exhibit.model.labels, Origin(exhibit.id, exhibit.step)),
        f"{stem}.json", "application/json", on_click="ignore", icon=":material/data_object:", width="stretch",
        key="explore.json",
    )  # fmt: skip
    st.file_uploader(t("explore.load"), ["json"], key="explore.latent", on_change=_load, args=(exhibit,))


def _enlarged(picture: Picture) -> Picture:
    """Every pixel a square of whole screen pixels, as the browser draws it on stage: 28, 32 and 64 all divide that."""
    return images.grid(picture[None], 1, scale=max(1, exploring.STAGE // picture.shape[0]))


# ---- what the widgets do


def _random(exhibit: Exhibit) -> None:
    place = state.tour(exhibit.model).place
    drawn = exploring.random_place(exhibit.model, state.new_seed())
    state.go(exhibit.model, Place(drawn.z, place.labels, place.psi))


def _undo(exhibit: Exhibit) -> None:
    state.keep(state.tour(exhibit.model).back())


def _reset(exhibit: Exhibit) -> None:
    place = state.tour(exhibit.model).place
    state.go(exhibit.model, Place((0.0,) * len(place.z), place.labels))


def _direction(exhibit: Exhibit, k: int) -> None:
    place, value = state.tour(exhibit.model).place, session.get(f"explore.direction.{k}")
    state.go(exhibit.model, exploring.moved(place, exhibit.directions, k, value))


def _component(exhibit: Exhibit, k: int) -> None:
    place = state.tour(exhibit.model).place
    state.go(exhibit.model, exploring.component(place, k, session.get(f"explore.z.{k}")))


def _psi(exhibit: Exhibit) -> None:
    place = state.tour(exhibit.model).place
    state.go(exhibit.model, Place(place.z, place.labels, session.get("explore.psi")))


def _label(exhibit: Exhibit, k: int) -> None:
    if len(exhibit.model.labels) == 1:
        session.put("explore.share", 0)
        _blend(exhibit)
        return
    place, value = state.tour(exhibit.model).place, session.get(f"explore.label.{k}")
    weights = exploring.pure(len(exhibit.model.labels[k].values), int(value))
    state.go(exhibit.model, exploring.labelled(place, k, weights))


def _blend(exhibit: Exhibit) -> None:
    weights = _blended(len(exhibit.model.labels[0].values))
    if weights is not None:
        state.go(exhibit.model, exploring.labelled(state.tour(exhibit.model).place, 0, weights))


def _blended(count: int) -> tuple[float, ...] | None:
    """What the selectors of an only field say; None before they are first drawn."""
    first, second, share = (session.get(f"explore.{name}") for name in ("label.0", "second", "share"))
    known = all(isinstance(k, int) and 0 <= k < count for k in (first, second)) and share is not None
    return exploring.mixed(count, first, second, share / 100) if known else None


def _load(exhibit: Exhibit) -> None:
    file = session.get("explore.latent")
    session.put("explore.latent_refused", None)
    if file is not None:
        try:
            state.go(exhibit.model, exploring.from_json(file.getvalue(), exhibit.model))
        except GanDemoError as error:
            session.put("explore.latent_refused", error)


def _shown(value: float) -> float:
    """For a slider: what is beyond its ends stands at the end."""
    return max(-REACH, min(REACH, round(value, 2)))
