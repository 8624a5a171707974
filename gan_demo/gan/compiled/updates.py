"""The updates of ``training.step`` as pure functions of flat vectors, with torch's optimisers written out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call

from gan_demo.config import TrainConfig
from gan_demo.gan.compiled.layout import StateLayout, VectorLayout
from gan_demo.gan.compiled.spec import CONTROLS, SMOOTHED_LOSSES, GraphSpec
from gan_demo.gan.losses import LOSSES
from gan_demo.gan.models.build import outline_discriminator, outline_generator
from gan_demo.gan.step import DiscriminatorLoss, LossWeights, generator_loss, packed, weighted_discriminator_loss

Controls = dict[str, Tensor]  # each (1,)


class Vectors(NamedTuple):
    """Parts of a network's vector."""

    weights: Tensor  # (W,)
    moment1: Tensor  # (P,)
    moment2: Tensor  # (P,)
    average: Tensor | None  # (W,), G's only


class Batch(NamedTuple):
    """Inputs of a step that are drawn for it."""

    x: Tensor  # real samples (N, ...)
    z: Tensor  # latents (N, Z)
    y: Tensor | None  # labels (N, K)
    positions: Tensor | None  # (N,), for WGAN-GP


class Outcome(NamedTuple):
    """Outputs of a step."""

    g: Tensor | None  # G's vector afterwards; None if it does not change
    d: Tensor | None
    report: Tensor  # (5,): losses of D and G, penalty, norms of D's and G's gradients; see REPORT
    logits: Tensor  # (2N,): of real samples, then of generated ones


class Network:
    """A network called with the weights of a flat vector."""

    def __init__(self, module: nn.Module, layout: VectorLayout, weights: Tensor) -> None:
        self.module = module
        self.layout = layout
        self.tensors = layout.split(weights.detach())
        self.learned = [self.tensors[entry.name] for entry in layout.tensors if entry.learned]
        for parameter in self.learned:
            parameter.requires_grad_()
        for entry in layout.tensors:
            if not entry.learned:
                self.tensors[entry.name] = self.tensors[entry.name].clone()  # batch norm writes into it

    def __call__(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Run the network in the mode of its module."""
        output: Tensor = functional_call(self.module, self.tensors, (x, y))
        return output

    def gradient(self, loss: Tensor) -> Tensor:
        """Return the gradient of a scalar, (P,)."""
        parts = torch.autograd.grad(loss, self.learned, allow_unused=True, materialize_grads=True)
        return torch.cat([part.reshape(-1) for part in parts])

    def buffers(self) -> Tensor:
        """Return the buffers as they are after the calls so far, (W - P,)."""
        parts = [self.tensors[entry.name].reshape(-1) for entry in self.layout.tensors if not entry.learned]
        return torch.cat(parts) if parts else torch.zeros(0)


@dataclass(frozen=True)
class StepFunction:
    """The update that a spec describes, as a function of tensors."""

    spec: GraphSpec
    layout: StateLayout
    G: nn.Module
    D: nn.Module

    @staticmethod
    def of(spec: GraphSpec) -> StepFunction:
        """Build the networks without memory for their weights."""
        G, D = outline_generator(spec.model), outline_discriminator(spec.model)
        return StepFunction(spec, StateLayout.of(spec.model), out_of_place(G), out_of_place(D))

    def __call__(self, g: Tensor, d: Tensor, numbers: Tensor, batch: Batch) -> Outcome:
        """Update the networks as ``training.step``'s train_step, d_step and g_step do."""
        values: Controls = dict(zip(CONTROLS, torch.split(numbers, 1), strict=True))
        g_parts, d_parts = parts(self.layout.g, g), parts(self.layout.d, d)
        G, D = Network(self.G, self.layout.g, g_parts.weights), Network(self.D, self.layout.d, d_parts.weights)
        packing = self.spec.model.packing
        fake = packed(G(batch.z, batch.y), packing)  # (N, ...), or (N/m, m·C, ...)
        batch = batch._replace(x=packed(batch.x, packing))
        if self.spec.update == "g":
            return self._generator_alone(values, batch, g_parts, d_parts, G, D, fake)
        result = self._discriminator_loss(values, batch, D, fake.detach())
        slope = D.gradient(result.total)
        d_after = updated(self.spec.optimizer, values, "d", self.layout.d, d_parts, slope, D.buffers())
        if self.spec.update == "d":
            g_loss = LOSSES[self.spec.loss].g(result.real_logits, result.fake_logits)
            g_after = self._with_buffers(g, g_parts, G)
            return _outcome(g_after, joined(d_after), result, g_loss, slope, None)
        D = Network(self.D, self.layout.d, d_after.weights)
        g_loss, g_slope, g_after_parts = self._generator_update(values, batch, g_parts, G, D, fake)
        d_vector = joined(self._discriminator_buffers(d_after, D))
        return _outcome(joined(g_after_parts), d_vector, result, g_loss, slope, g_slope)

    def _discriminator_loss(self, values: Controls, batch: Batch, D: Network, fake: Tensor) -> DiscriminatorLoss:
        zero_centred, interpolated = self.spec.zero_centred, self.spec.interpolated
        joint = not interpolated and self.layout.d.weights == self.layout.d.parameters
        weights = LossWeights(
            values["r1"] if zero_centred else None,
            values["r2"] if zero_centred else None,
            values["gp"] if interpolated else None,
            values["penalty_every"],
            values["label_smoothing"] if self.spec.loss in SMOOTHED_LOSSES else None,
        )
        return weighted_discriminator_loss(
            D, self.spec.loss, weights, batch.x.detach(), fake, batch.y, joint=joint, positions=batch.positions
        )

    def _generator_update(
        self, values: Controls, batch: Batch, before: Vectors, G: Network, D: Network, fake: Tensor
    ) -> tuple[Tensor, Tensor, Vectors]:
        loss = generator_loss(D, TrainConfig(loss=self.spec.loss), batch.x, fake, batch.y)
        slope = G.gradient(loss)
        after = updated(self.spec.optimizer, values, "g", self.layout.g, before, slope, G.buffers())
        return loss, slope, _averaged(after, values["average_weight"])

    def _generator_alone(
        self, values: Controls, batch: Batch, g_parts: Vectors, d_parts: Vectors, G: Network, D: Network, fake: Tensor
    ) -> Outcome:
        g_loss, slope, g_after = self._generator_update(values, batch, g_parts, G, D, fake)
        real_logits, fake_logits = D(batch.x, batch.y), D(fake.detach(), batch.y)
        d_loss = LOSSES[self.spec.loss].d(real_logits, fake_logits)
        result = DiscriminatorLoss(d_loss, real_logits, fake_logits, ())
        has_buffers = self.layout.d.weights > self.layout.d.parameters
        d_after = joined(self._discriminator_buffers(d_parts, D)) if has_buffers else None
        return _outcome(joined(g_after), d_after, result, g_loss, None, slope)

    def _discriminator_buffers(self, d_parts: Vectors, D: Network) -> Vectors:
        weights = torch.cat([d_parts.weights[: self.layout.d.parameters], D.buffers()])
        return d_parts._replace(weights=weights) if self.layout.d.weights > self.layout.d.parameters else d_parts

    def _with_buffers(self, g: Tensor, g_parts: Vectors, G: Network) -> Tensor | None:
        """Return G's vector with the buffers that a forward pass has changed; None if G has no buffers."""
        if self.layout.g.weights == self.layout.g.parameters:
            return None
        return joined(g_parts._replace(weights=torch.cat([g[: self.layout.g.parameters], G.buffers()])))


def out_of_place(network: nn.Module) -> nn.Module:
    """Make activations write into tensors of their own, as tracing needs it."""
    for module in network.modules():
        if isinstance(module, nn.LeakyReLU | nn.ReLU):
            module.inplace = False
    return network


def parts(layout: VectorLayout, vector: Tensor) -> Vectors:
    """Split a network's vector."""
    pieces = torch.split(vector, [end - first for first, end in layout.parts.values()])
    return Vectors(pieces[0], pieces[1], pieces[2], pieces[3] if layout.averaged else None)


def joined(vectors: Vectors) -> Tensor:
    """Join a network's vector again."""
    return torch.cat([part for part in vectors if part is not None])


def updated(
    optimizer: str,
    values: Controls,
    network: str,
    layout: VectorLayout,
    before: Vectors,
    slope: Tensor,
    buffers: Tensor,
) -> Vectors:
    """Apply an optimiser to the parameters, with the gradient (P,) and controls that begin with ``network``."""
    own = {name.removeprefix(f"{network}_"): value for name, value in values.items() if name.startswith(f"{network}_")}
    change, moment1, moment2 = _CHANGES[optimizer](own, slope, before.moment1, before.moment2)
    parameters = before.weights[: layout.parameters].detach() - own["lr"] * change
    weights = torch.cat([parameters, buffers]) if layout.weights > layout.parameters else parameters
    return Vectors(weights, moment1, moment2, before.average)


def _adam(own: Controls, slope: Tensor, moment1: Tensor, moment2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    moment1 = own["beta1"] * moment1 + own["rest1"] * slope
    moment2 = own["beta2"] * moment2 + own["rest2"] * slope * slope
    return own["correction1"] * moment1 / (moment2.sqrt() * own["correction2"] + own["eps"]), moment1, moment2


def _sgd(own: Controls, slope: Tensor, moment1: Tensor, moment2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    moment1 = own["beta1"] * moment1 + slope
    return moment1, moment1, moment2


def _rmsprop(own: Controls, slope: Tensor, moment1: Tensor, moment2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    moment2 = own["beta2"] * moment2 + own["rest2"] * slope * slope
    moment1 = own["beta1"] * moment1 + slope / (moment2.sqrt() + own["eps"])
    return moment1, moment1, moment2


_CHANGES = {"adam": _adam, "sgd": _sgd, "rmsprop": _rmsprop}


def _averaged(after: Vectors, weight: Tensor) -> Vectors:
    assert after.average is not None, "G has an average"
    return after._replace(average=after.average + weight * (after.weights - after.average))


def _outcome(
    g: Tensor | None,
    d: Tensor | None,
    result: DiscriminatorLoss,
    g_loss: Tensor,
    d_slope: Tensor | None,
    g_slope: Tensor | None,
) -> Outcome:
    zero = torch.zeros(1)
    penalty = sum((term.reshape(1) for term in result.penalties), zero)
    norms = [zero if slope is None else slope.square().sum().sqrt().reshape(1) for slope in (d_slope, g_slope)]
    report = torch.cat([result.adversarial.reshape(1), g_loss.reshape(1), penalty, *norms])
    return Outcome(g, d, report.detach(), torch.cat([result.real_logits, result.fake_logits]).detach())
