"""What the explorer's JavaScript knows or computes as Python does, where Python is the reference."""

from __future__ import annotations

import numpy as np
import torch

from gan_demo.explorer.artifacts import CLASSIFIERS
from gan_demo.gan import losses
from gan_demo.gan.classifier import load_classifier
from tests.frontend.node import evaluate

LOSSES = ("non_saturating", "hinge", "least_squares", "relativistic", "wasserstein")


def test_a_verdict_is_what_the_training_page_says() -> None:
    fake, real = torch.tensor([-2.0, 0.1, 0.7]), torch.tensor([0.4, 1.5, 3.0])
    spaces = [
        {
            "loss": loss,
            "relative": loss in losses.RELATIVE,
            "real_logit": float(real.mean()),
            "fake_logit": float(fake.mean()),
        }
        for loss in LOSSES
    ]
    code = "return given.spaces.map((space) => given.logits.map((logit) => m.verdict(logit, space)));"
    verdicts = evaluate("explorer/map/colours.mjs", code, {"spaces": spaces, "logits": fake.tolist()})
    for loss, verdict in zip(LOSSES, verdicts, strict=True):
        np.testing.assert_allclose(verdict, losses.real_shares(loss, real, fake)[1], atol=1e-6)


def test_classifiers_read_the_fields_that_the_browser_believes() -> None:
    fields = evaluate("explorer/engine/classifiers.mjs", "return m.FIELDS;")
    for name, shape in CLASSIFIERS.items():
        classifier = load_classifier(shape)
        assert classifier is not None
        assert fields[name] == [{"name": each.name, "values": list(each.values)} for each in classifier.fields]
