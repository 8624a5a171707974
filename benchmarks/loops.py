"""The two training loops that ours is compared with. They import nothing from this project.

Both train the tutorial's networks on full MNIST at batch 64 and yield (generator, images of this step) without end.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

BATCH, Z = 64, 100
Step = tuple[nn.Module, int]


def generator() -> nn.Sequential:
    """Build the generator: z (N, 100) -> (N, 784) in [-1, 1]."""
    return nn.Sequential(
        nn.Linear(Z, 256), nn.LeakyReLU(0.2), nn.Linear(256, 512), nn.LeakyReLU(0.2), nn.Linear(512, 784), nn.Tanh()
    )


def discriminator() -> nn.Sequential:
    """Build the discriminator: (N, 784) -> logits (N, 1)."""
    return nn.Sequential(
        nn.Linear(784, 512), nn.LeakyReLU(0.2), nn.Linear(512, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1)
    )


def tutorial(data_root: str, seed: int = 0) -> Iterator[Step]:
    """Train as tutorials do: PIL transforms, DataLoader, BCEWithLogitsLoss, Adam 2e-4, a pass each for real and fake.

    It is faster than many tutorials: it neither prints nor calls ``.item()``, and G's step uses the fakes of D's step
    again (as in PyTorch's DCGAN example).
    """
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms

    torch.manual_seed(seed)
    to_tensor = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    loader = DataLoader(datasets.MNIST(data_root, download=True, transform=to_tensor), batch_size=BATCH, shuffle=True)
    G, D = generator(), discriminator()
    g_optimizer = torch.optim.Adam(G.parameters(), lr=2e-4)
    d_optimizer = torch.optim.Adam(D.parameters(), lr=2e-4)
    criterion = nn.BCEWithLogitsLoss()
    while True:
        for images, _ in loader:
            real = images.view(len(images), -1)
            ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)

            fake = G(torch.randn(len(real), Z))
            d_loss = criterion(D(real), ones) + criterion(D(fake.detach()), zeros)
            d_optimizer.zero_grad()
            d_loss.backward()
            d_optimizer.step()

            g_loss = criterion(D(fake), ones)
            g_optimizer.zero_grad()
            g_loss.backward()
            g_optimizer.step()
            yield G, len(real)


def bare(data_root: str, seed: int = 0) -> Iterator[Step]:
    """Train as ``training.step.train_step`` does with the `tutorial` preset, without recording.

    uint8 images in memory, rows drawn with replacement, one pass of D for real and fake, fused Adam, fakes used twice.
    """
    from torchvision import datasets

    torch.manual_seed(seed)
    samples: Tensor = datasets.MNIST(data_root, download=True).data.flatten(1)  # uint8 (60000, 784)
    rng = torch.Generator().manual_seed(seed)
    G, D = generator(), discriminator()
    for module in (*G, *D):
        if isinstance(module, nn.LeakyReLU):
            module.inplace = True
    g_optimizer = torch.optim.Adam(G.parameters(), lr=2e-4, fused=True)
    d_optimizer = torch.optim.Adam(D.parameters(), lr=2e-4, fused=True)
    while True:
        rows = torch.randint(len(samples), (BATCH,), generator=rng)
        real = samples[rows].float().sub_(127.5).div_(127.5)  # (N, 784)

        fake = G(torch.randn(BATCH, Z, generator=rng))
        logits = D(torch.cat([real, fake.detach()]))  # (2N, 1)
        d_loss = softplus(-logits[:BATCH]).mean() + softplus(logits[BATCH:]).mean()
        d_optimizer.zero_grad(set_to_none=True)
        d_loss.backward()  # type: ignore[no-untyped-call]
        d_optimizer.step()

        D.requires_grad_(False)
        g_loss = softplus(-D(fake)).mean()
        g_optimizer.zero_grad(set_to_none=True)
        g_loss.backward()  # type: ignore[no-untyped-call]
        g_optimizer.step()
        D.requires_grad_(True)
        yield G, BATCH
