"""The Learn page: what G and D do, first in pictures, then in formulas."""

from __future__ import annotations

import streamlit as st

from gan_demo.i18n.text import t
from gan_demo.runs import library
from gan_demo.ui import session, widgets

GENERATOR, DISCRIMINATOR = "#d9591f", "#2f7fc4"  # readable on the light and on the dark page

# Sections in their order, each with the formulas below its text; the texts are in i18n/*/learn.json.
FORMULAS: dict[str, tuple[str, ...]] = {
    "players": (),
    "game": (
        r"\min_G \max_D \; V(D, G) = \mathbb{E}_{x \sim p_\text{data}}\big[\log D(x)\big]"
        r" + \mathbb{E}_{z \sim p_z}\big[\log\big(1 - D(G(z))\big)\big]",
    ),
    "best": (
        r"D^*(x) = \frac{p_\text{data}(x)}{p_\text{data}(x) + p_G(x)}",
        r"V(D^*, G) = 2 \, \mathrm{JSD}\big(p_\text{data} \,\|\, p_G\big) - \log 4",
    ),
    "saturating": (
        r"\frac{\partial}{\partial s} \log\big(1 - \sigma(s)\big) = -\sigma(s) \longrightarrow 0"
        r"\qquad \frac{\partial}{\partial s} \big({-\log \sigma(s)}\big) = -\big(1 - \sigma(s)\big) \longrightarrow -1"
        r"\qquad (s \to -\infty)",
    ),
    "losses": (),
    "penalties": (
        r"R_1 = \frac{\gamma}{2} \, \mathbb{E}_{x \sim p_\text{data}} \|\nabla_x D(x)\|^2 \qquad"
        r" R_2 = \frac{\gamma}{2} \, \mathbb{E}_{x \sim p_G} \|\nabla_x D(x)\|^2",
        r"\mathrm{GP} = \lambda \, \mathbb{E}_{\hat x} \big(\|\nabla_{\hat x} D(\hat x)\| - 1\big)^2,"
        r" \qquad \hat x = \epsilon x + (1 - \epsilon) G(z)",
    ),
    "collapse": (),
    "measure": (
        r"\mathrm{FCD} = \|\mu_r - \mu_g\|^2 + \mathrm{tr}\Big(\Sigma_r + \Sigma_g "
        r"- 2 \big(\Sigma_r \Sigma_g\big)^{1/2}\Big)",
    ),
    "tricks": (),
}
LOSSES = {  # name: (D minimises, G minimises), both in raw logits s
    "minimax": (r"-\log \sigma(s_x) - \log(1 - \sigma(s_g))", r"\log(1 - \sigma(s_g))"),
    "non_saturating": (r"-\log \sigma(s_x) - \log(1 - \sigma(s_g))", r"-\log \sigma(s_g)"),
    "least_squares": (r"(s_x - 1)^2 + s_g^2", r"(s_g - 1)^2"),
    "hinge": (r"\max(0, 1 - s_x) + \max(0, 1 + s_g)", r"-s_g"),
    "wasserstein": (r"s_g - s_x + \mathrm{GP}", r"-s_g"),
    "relativistic": (r"\mathrm{softplus}(s_g - s_x) + R_1 + R_2", r"\mathrm{softplus}(s_x - s_g)"),
}
PAPERS = (
    ("Goodfellow et al. 2014, Generative Adversarial Nets", "1406.2661"),
    ("Radford et al. 2015, DCGAN", "1511.06434"),
    ("Mao et al. 2016, Least Squares GAN", "1611.04076"),
    ("Arjovsky et al. 2017, Wasserstein GAN", "1701.07875"),
    ("Gulrajani et al. 2017, WGAN-GP", "1704.00028"),
    ("Mescheder et al. 2018, R1", "1801.04406"),
    ("Kynkäänniemi et al. 2019, Precision and recall", "1904.06991"),
    ("Huang et al. 2024, R3GAN", "2501.05441"),
)


def show() -> None:
    """Draw the page."""
    _, column, _ = st.columns([1, 6, 1])
    with column:
        st.title(t("learn.title"))
        st.markdown(t("learn.lead"))
        for name, formulas in FORMULAS.items():
            st.header(t(f"learn.{name}.title"), anchor=name)
            if name == "players":
                widgets.figure(_diagram(), "diagram")
            st.markdown(t(f"learn.{name}"))
            for formula in formulas:
                st.latex(formula)
            _after_formulas(name)
        st.header(t("learn.papers.title"))
        st.markdown("\n".join(f"- [{title}](https://arxiv.org/abs/{number})" for title, number in PAPERS))
        if st.button(t("learn.try"), type="primary", icon=":material/play_arrow:", key="try"):
            session.put("wanted-preset", "ring")
            session.go_to("train.py")


def _after_formulas(name: str) -> None:
    if name in ("game", "best", "saturating", "measure"):
        st.markdown(t(f"learn.{name}.after"))
    if name == "losses":
        _loss_table()
    if name == "players":
        _film(("digits", "tutorial"), "learn.film")
    if name == "collapse":
        _film(("ring", "grid"), "learn.film_ring")


def _loss_table() -> None:
    titles = (t("setting.loss"), t("learn.losses.d"), t("learn.losses.g"), t("learn.losses.like"))
    head = f"| {' | '.join(titles)} |\n|---|---|---|---|"
    rows = [
        f"| **{t(f'loss.{name}')}** | ${d}$ | ${g}$ | {t(f'learn.loss.{name}')} |" for name, (d, g) in LOSSES.items()
    ]
    with st.container(key="wide-table-losses"):
        st.markdown("\n".join([head, *rows]))


def _film(names: tuple[str, ...], caption: str) -> None:
    """Draw the film of the first of these models that is shipped, if any."""
    run = next((run for name in names for run in library.pretrained() if name in run.id and run.grids), None)
    if run is not None:
        widgets.film(run, run.grids, f"film-{caption}", max_width=600, compact=True)
        st.caption(t(caption))


def _diagram() -> str:
    """Return an SVG: noise -> G -> fake; fake or real -> D; its verdict teaches both. A phone gets an upright one."""
    wide = _svg(
        "wide",
        (716, 224),
        ((4, 16), (196, 16), (388, 16), (388, 126), (580, 71)),
        ("M136 45H190", "M328 45H382", "M520 45L575 82", "M520 155L575 118"),
        ("M646 129V214H262V80", (454, 206)),
    )
    upright = _svg(
        "upright",
        (344, 346),
        ((4, 4), (4, 94), (4, 184), (180, 184), (92, 284)),
        ("M70 62V88", "M70 152V178", "M84 242L116 278", "M232 242L200 278"),
        ("M224 313H332V123H142", (236, 112)),
    )
    return _DIAGRAM_STYLE + wide + upright


_BOXES = (  # label, colour, whether it is a network
    ("noise", "#8a8f99", False),
    ("g", GENERATOR, True),
    ("fake", GENERATOR, False),
    ("real", DISCRIMINATOR, False),
    ("d", DISCRIMINATOR, True),
)
_DIAGRAM_STYLE = """<style>
svg.upright { display: none; }
@media (max-width: 640px) { svg.wide { display: none; } svg.upright { display: block; margin: 0 auto; } }
</style>"""
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
)


def _svg(
    name: str,
    size: tuple[int, int],
    boxes: tuple[tuple[int, int], ...],
    arrows: tuple[str, ...],
    verdict: tuple[str, tuple[int, int]],
) -> str:
    """Return one form of the diagram: places of _BOXES, arrows between them, D's verdict and where its words stand."""
    (width, height), (back, words) = size, verdict
    parts = [
        *(
            _box(x, y, t(f"learn.diagram.{box}"), colour, strong)
            for (x, y), (box, colour, strong) in zip(boxes, _BOXES, strict=True)
        ),
        *map(_arrow, arrows),
        _arrow(back, GENERATOR, True),
        _words(*words, t("learn.diagram.teach")),
    ]
    return (
        f'<svg class="{name}" viewBox="0 0 {width} {height}" width="100%" role="img"'
        f' aria-label="{t("learn.diagram.alt")}" style="max-width:{width}px;font-family:inherit">'
        f"{_TIP.replace('tip', f'tip-{name}')}{''.join(parts).replace('#tip', f'#tip-{name}')}</svg>"
    )


def _box(x: int, y: int, label: str, colour: str, strong: bool = False) -> str:
    weight = 600 if strong else 400
    fill = f'fill="{colour}" fill-opacity="{0.16 if strong else 0}"'
    return (
        f'<rect x="{x}" y="{y}" width="132" height="58" rx="10" {fill} stroke="{colour}" stroke-width="2"/>'
        f'<text x="{x + 66}" y="{y + 34}" text-anchor="middle" font-size="15" font-weight="{weight}"'
        f' fill="currentColor">{label}</text>'
    )


def _arrow(path: str, colour: str = "currentColor", dashed: bool = False) -> str:
    dash = 'stroke-dasharray="5 5"' if dashed else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.75" {dash} marker-end="url(#tip)"/>'


def _words(x: int, y: int, text: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" font-size="13" fill="currentColor">{text}</text>'


show()
