"""The plain page for browsers that can't run the generator: native controls, and pictures drawn by the server."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gan_demo.boards.titles import plain
from gan_demo.config import LabelField
from gan_demo.errors import GanDemoError
from gan_demo.explorer import latent_pictures, latent_point
from gan_demo.explorer.latent_point import LatentPoint, Origin
from gan_demo.i18n.text import has, named, t
from gan_demo.pictures import images
from gan_demo.pictures.images import Picture
from gan_demo.ui import session, widgets
from gan_demo.ui.explorer_page import tour as tours
from gan_demo.ui.explorer_page.subject import ExplorerSubject
from gan_demo.ui.widgets import show_error

SLIDER_LIMIT = 3.5  # standard deviations that a slider reaches either way
PSI_LIMIT = 1.5  # largest truncation on the slider
PATH_POINTS = 64  # latent points on the line from A to B of a point model


@st.fragment
def draw(subject: ExplorerSubject) -> None:
    """Draw the picture beside its controls; a move redraws only these."""
    try:
        picture = _picture(subject)  # before all elements, so that it is sent with the first of them
        left, right = st.columns([9, 11], gap="large")
        with left:
            _stage(subject, picture)
            _labels(subject)
        with right:
            _between(subject)
            _directions(subject)
    except GanDemoError as error:  # the run may have been deleted since the page was drawn
        show_error(error)


def _picture(subject: ExplorerSubject) -> Picture:
    """Return the picture of the current latent point, uint8 (H, W, C); for points the plane with the path A to B."""
    tour = tours.get(subject.model)
    if not subject.is_points:
        return latent_pictures.pictures(subject.generator, [tour.point])[0]
    psi = tour.point.psi
    cloud = session.shared(
        f"cloud {subject.version} {subject.step}",
        psi,
        lambda: latent_pictures.cloud(subject.generator, subject.model, psi, subject.data),
    )
    return latent_pictures.mark(subject.generator, cloud, tour.point, tour.path(PATH_POINTS))


# ---- the controls


def _stage(subject: ExplorerSubject, picture: Picture) -> None:
    """Draw the picture, and below it the actions on the latent point as a whole."""
    with st.container(key="explore_stage"):
        # a data address is part of the message; fetching another address takes longer than drawing the picture
        st.image(images.data_url(picture), width=latent_pictures.STAGE_SIDE, alt=t("explore.stage_alt"))
    _actions(subject, picture)
    if subject.is_points:
        st.caption(t("explore.points_caption"))
    refusal = session.get("explore.latent_refused")
    if isinstance(refusal, GanDemoError):
        show_error(refusal)


def _actions(subject: ExplorerSubject, picture: Picture) -> None:
    tour = tours.get(subject.model)
    with st.container(horizontal=True, gap="small", key="explore_actions"):
        st.button(
            t("explore.random"),
            icon=":material/casino:",
            type="primary",
            on_click=_go_to_random,
            args=(subject,),
            key="explore.random",
        )
        st.button(
            t("explore.undo"),
            icon=":material/undo:",
            on_click=_undo,
            args=(subject,),
            key="explore.undo",
            disabled=not tour.past,
        )
        st.button(
            t("explore.reset"),
            icon=":material/restart_alt:",
            on_click=_go_to_centre,
            args=(subject,),
            key="explore.reset",
            help=t("explore.reset_help"),
        )
        files = st.popover(t("explore.files"), icon=":material/save:", key="explore.files", on_change="rerun")
        if files.open:  # every move redraws its content
            with files:
                _files(subject, tour.point, picture)


def _files(subject: ExplorerSubject, point: LatentPoint, picture: Picture) -> None:
    widgets.download(
        t("explore.png"),
        lambda: images.png(_enlarged(picture)),
        f"{subject.stem}.png",
        "image/png",
        icon=":material/image:",
        width="stretch",
        key="explore.png",
    )
    widgets.download(
        t("explore.json"),
        lambda: latent_point.to_json(point, subject.model.labels, Origin(subject.id, subject.step)),
        f"{subject.stem}.json",
        "application/json",
        icon=":material/data_object:",
        width="stretch",
        key="explore.json",
    )
    st.file_uploader(t("explore.load"), ["json"], key="explore.latent", on_change=_load, args=(subject,))


def _enlarged(picture: Picture) -> Picture:
    """Enlarge every pixel to a square of whole screen pixels, as on the page."""
    return images.grid(picture[None], 1, scale=max(1, latent_pictures.STAGE_SIDE // picture.shape[0]))


def _labels(subject: ExplorerSubject) -> None:
    """Draw one control per label field: switches for yes/no fields, then lists or buttons for the others."""
    point, fields = tours.get(subject.model).point, subject.model.labels
    switches = [k for k, field in enumerate(fields) if field.values == ("no", "yes")]
    if switches:
        with st.container(horizontal=True, gap="medium"):
            for k in switches:
                session.put(key := f"explore.label.{k}", latent_point.heaviest(point.labels[k]) == 1)
                st.toggle(_field_name(fields[k]), key=key, on_change=_set_label, args=(subject, k))
    others = [k for k in range(len(fields)) if k not in switches]
    columns = st.columns(min(2, len(others))) if others else []
    for n, k in enumerate(others):
        with columns[n % len(columns)]:
            _choice(subject, k)


def _choice(subject: ExplorerSubject, k: int) -> None:
    """Draw the choice of one value of a label field: a row of buttons for digits, else a list."""
    field, key = subject.model.labels[k], f"explore.label.{k}"
    names = [_value_name(field, value) for value in range(len(field.values))]
    session.put(key, latent_point.heaviest(tours.get(subject.model).point.labels[k]))
    if all(len(name) == 1 for name in names) and len(subject.model.labels) == 1:
        st.segmented_control(
            _field_name(field),
            range(len(names)),
            key=key,
            format_func=lambda value: plain(names[value]),
            on_change=_set_label,
            args=(subject, k),
            required=True,
        )
    else:
        st.selectbox(
            _field_name(field),
            range(len(names)),
            key=key,
            format_func=names.__getitem__,
            on_change=_set_label,
            args=(subject, k),
        )


def _field_name(field: LabelField) -> str:
    return plain(named("explore.field", field.name))


def _value_name(field: LabelField, value: int) -> str:
    key = f"explore.value.{field.name}.{field.values[value]}"
    return t(key) if has(key) else field.values[value]


def _between(subject: ExplorerSubject) -> None:
    """Draw the slider from A to B, and the buttons that set its ends."""
    session.put("explore.t", 100 * tours.get(subject.model).position)
    st.slider(
        t("explore.position"),
        0.0,
        100.0,
        step=0.5,
        key="explore.t",
        format="%.0f %%",
        help=t("explore.position_help"),
        on_change=_walk,
        args=(subject,),
    )
    with st.container(horizontal=True, gap="small"):
        for anchor in ("a", "b"):
            st.button(
                t(f"explore.set_{anchor}"),
                key=f"explore.set_{anchor}",
                on_click=_set_anchor,
                args=(subject, anchor),
                icon=":material/push_pin:",
                help=t("explore.set_help"),
            )


def _directions(subject: ExplorerSubject) -> None:
    """Draw the sliders of the strongest directions, and that of truncation."""
    point = tours.get(subject.model).point
    st.markdown(f"**{t('explore.directions')}**", help=t("explore.directions_help"))
    columns = st.columns(2, gap="medium")
    coordinates = latent_point.coordinates(point, subject.directions)
    for k, value in enumerate(coordinates):
        session.put(key := f"explore.direction.{k}", max(-SLIDER_LIMIT, min(SLIDER_LIMIT, round(value, 2))))
        share = round(100 * float(subject.directions.explained[k]))
        with columns[2 * k // len(coordinates)]:  # column by column, as a phone stacks the columns
            st.slider(
                t("explore.direction", n=k + 1, share=share),
                -SLIDER_LIMIT,
                SLIDER_LIMIT,
                step=0.05,
                key=key,
                on_change=_set_coordinate,
                args=(subject, k),
            )
    session.put("explore.psi", min(PSI_LIMIT, round(point.psi, 2)))
    st.slider(
        t("explore.psi"),
        0.0,
        PSI_LIMIT,
        step=0.05,
        key="explore.psi",
        help=t("explore.psi_help"),
        on_change=_set_psi,
        args=(subject,),
    )


# ---- what the controls do


def _go_to_random(subject: ExplorerSubject) -> None:
    z = latent_point.random_point(subject.model, tours.new_seed()).z
    tours.go(subject.model, replace(tours.get(subject.model).point, z=z))


def _undo(subject: ExplorerSubject) -> None:
    tours.put(tours.get(subject.model).back())


def _go_to_centre(subject: ExplorerSubject) -> None:
    point = tours.get(subject.model).point
    tours.go(subject.model, LatentPoint((0.0,) * len(point.z), point.labels))


def _set_coordinate(subject: ExplorerSubject, k: int) -> None:
    point, value = tours.get(subject.model).point, session.get(f"explore.direction.{k}")
    tours.go(subject.model, latent_point.with_coordinate(point, subject.directions, k, value))


def _set_psi(subject: ExplorerSubject) -> None:
    tours.go(subject.model, replace(tours.get(subject.model).point, psi=session.get("explore.psi")))


def _set_label(subject: ExplorerSubject, k: int) -> None:
    value = int(session.get(f"explore.label.{k}"))
    tours.go(subject.model, latent_point.with_label(tours.get(subject.model).point, k, value))


def _walk(subject: ExplorerSubject) -> None:
    tours.put(tours.get(subject.model).walk(session.get("explore.t") / 100))


def _set_anchor(subject: ExplorerSubject, anchor: str) -> None:
    tour = tours.get(subject.model)
    tours.put(replace(tour, a=tour.point, position=0.0) if anchor == "a" else replace(tour, b=tour.point, position=1.0))


def _load(subject: ExplorerSubject) -> None:
    file = session.get("explore.latent")
    session.put("explore.latent_refused", None)
    if file is not None:
        try:
            tours.go(subject.model, latent_point.from_json(file.getvalue(), subject.model))
        except GanDemoError as error:
            session.put("explore.latent_refused", error)
