"""The parts of a training script that differ from setting to setting, as lines of Python."""

from __future__ import annotations

from typing import Any

from gan_demo.config import LabelField, ModelConfig, TrainConfig

# (what D minimises, what G minimises), of logits; see losses.py, whose order of operations they keep
LOSSES: dict[str, tuple[str, str]] = {
    "minimax": ("F.softplus(-real).mean() + F.softplus(fake).mean()", "-F.softplus(fake).mean()"),
    "non_saturating": ("F.softplus(-real).mean() + F.softplus(fake).mean()", "F.softplus(-fake).mean()"),
    "least_squares": (
        "0.5 * ((real - 1).square().mean() + fake.square().mean())", "0.5 * (fake - 1).square().mean()"
    ),
    "hinge": ("F.relu(1 - real).mean() + F.relu(1 + fake).mean()", "-fake.mean()"),
    "wasserstein": ("fake.mean() - real.mean()", "-fake.mean()"),
    "relativistic": ("F.softplus(fake - real).mean()", "F.softplus(real - fake).mean()"),
}  # fmt: skip
_BCE_NOTE = "-log D(x) - log(1 - D(G(z))), where D is the sigmoid of its logits."
LOSS_NOTES = {  # (of D, of G)
    "minimax": (_BCE_NOTE, "log(1 - D(G(z))), as first written."),
    "non_saturating": (_BCE_NOTE, "-log D(G(z))."),
    "least_squares": ("Logits of real samples shall be 1, of fakes 0 (LSGAN).", "Logits of fakes shall be 1."),
    "hinge": ("Real logits above 1, fake ones below -1; the rest counts no more.", "Fake logits as high as can be."),
    "wasserstein": ("Real logits far above fake ones: their distance.", "Fake logits as high as can be."),
    "relativistic": ("Each real logit above its fake partner's.", "Each fake logit above its real partner's."),
}  # fmt: skip
PAIRED = ("relativistic",)  # losses of G that look at real samples too

OPTIMIZERS = {
    "adam": "torch.optim.Adam(network.parameters(), lr=lr, betas=(BETA1, BETA2), fused=True)",
    "sgd": "torch.optim.SGD(network.parameters(), lr=lr, momentum=BETA1)",
    "rmsprop": "torch.optim.RMSprop(network.parameters(), lr=lr, alpha=BETA2, momentum=BETA1, foreach=True)",
}
BETAS = {
    "adam": "BETA1, BETA2 = {}, {}  # how long Adam remembers gradients, and their squares",
    "sgd": "BETA1 = {}  # momentum",
    "rmsprop": "BETA1, BETA2 = {}, {}  # momentum, and how long the squares of gradients are remembered",
}

DOWNLOADS = {
    "mnist": ("found = datasets.MNIST(root, train=True, download=True)",),
    "fashion": ("found = datasets.FashionMNIST(root, train=True, download=True)",),
    "kmnist": ("found = datasets.KMNIST(root, train=True, download=True)",),
    "emnist": (
        'found = datasets.EMNIST(root, split="letters", train=True, download=True)',
        "images, labels = found.data.transpose(1, 2)[..., None], found.targets - 1  # they lie on their sides",
        "images = found.data.transpose(1, 2)[..., None]  # they lie on their sides",
    ),
    "cifar10": (
        "found = datasets.CIFAR10(root, train=True, download=True)",
        "images, labels = torch.from_numpy(found.data), torch.tensor(found.targets)",
        "images = torch.from_numpy(found.data)",
    ),
    "svhn": (
        'found = datasets.SVHN(Path(root) / "SVHN", split="train", download=True)',
        "images, labels = torch.from_numpy(found.data).permute(0, 2, 3, 1), torch.from_numpy(found.labels)",
        "images = torch.from_numpy(found.data).permute(0, 2, 3, 1)",
    ),
}
_GRAY = ("images, labels = found.data[..., None], found.targets", "images = found.data[..., None]")

# what the images that come with gan_demo are called beside a script
DATA_FILES = {"digits": "digits.npz", "faces": "faces.npz"}

# the modes or the points of a curve (M, 2), as in datasets.py; and what it is
CENTRES = {
    "ring": (
        "Eight heaps on a ring",
        "angle = 2 * math.pi * np.arange(8) / 8",
        "centres = 1.5 * np.stack([np.cos(angle), np.sin(angle)], 1)",
    ),
    "grid": (
        "Twenty-five heaps on a grid",
        "side = np.linspace(-1.5, 1.5, 5)",
        "centres = np.array([(x, y) for y in side for x in side])",
    ),
    "spiral": (
        "A spiral",
        "t = np.linspace(0.1, 1, 512) ** 0.5",
        "turn = 4 * math.pi * t",
        "centres = 1.6 * np.stack([t * np.cos(turn), t * np.sin(turn)], 1)",
    ),
    "moons": (
        "Two moons",
        "t = np.linspace(0, math.pi, 256)",
        "upper = np.stack([np.cos(t) - 0.5, np.sin(t) - 0.25], 1)",
        "lower = np.stack([0.5 - np.cos(t), 0.25 - np.sin(t)], 1)",
        "centres = np.concatenate([upper, lower])",
    ),
    "gaussians": ("Two heaps", "centres = np.array([[-1.0, -0.5], [1.0, 0.5]])"),
    "line": (
        "A line",
        "t = np.linspace(-1.5, 1.5, 256)",
        "centres = np.stack([t, 0.6 * t], 1)",
    ),
}  # fmt: skip


def loss_functions(names: list[str], smoothing: bool) -> str:
    """``discriminator_loss`` and ``generator_loss``; of several losses, the setting LOSS chooses."""
    bce = ("minimax", "non_saturating")
    added = {name: " + LABEL_SMOOTHING * real.mean()" if smoothing and name in bce else "" for name in names}
    paired = any(name in PAIRED for name in names)
    parts = [
        _function("discriminator_loss(real, fake)", [(n, LOSSES[n][0] + added[n], LOSS_NOTES[n][0]) for n in names]),
        _function(
            f"generator_loss({'real, ' if paired else ''}fake)", [(n, LOSSES[n][1], LOSS_NOTES[n][1]) for n in names]
        ),
    ]
    return "\n\n".join(parts)


def _function(head: str, cases: list[tuple[str, str, str]]) -> str:
    if len(cases) == 1:
        _, value, note = cases[0]
        return f'def {head}:\n    """{note}"""\n    return {value}\n'
    tests = [f'    if LOSS == "{name}":  # {note}\n        return {value}' for name, value, note in cases[:-1]]
    _, value, note = cases[-1]
    body = "\n".join([*tests, f"    return {value}  # {note}"])
    return f'def {head}:\n    """Of logits (N,), by the setting LOSS."""\n{body}\n'


def optimizer_function(names: list[str]) -> str:
    """``new_optimizer``; of several kinds, the setting OPTIMIZER chooses."""
    tests = [f'    if OPTIMIZER == "{name}":\n        return {OPTIMIZERS[name]}\n' for name in names[:-1]]
    return f"def new_optimizer(network, lr):\n{''.join(tests)}    return {OPTIMIZERS[names[-1]]}"


def betas(names: list[str], train: TrainConfig) -> str:
    """The settings of the optimisers."""
    if len(names) == 1:
        return BETAS[names[0]].format(train.beta1, train.beta2)
    return f'OPTIMIZER = "{train.optimizer}"\nBETA1, BETA2 = {train.beta1}, {train.beta2}  # its memory'


def download(name: str, labels: bool) -> str:
    """Lines that set ``images`` uint8 (N, H, W, C), and ``labels`` (N,)."""
    lines = DOWNLOADS[name]
    first, told, untold = (*lines, *_GRAY) if len(lines) == 1 else lines
    return f"    {first}\n    {told if labels else untold}"


def labels_entry(fields: tuple[LabelField, ...]) -> str:
    """LABELS: on one line where it is short, else a field a line, else a value a line."""
    entries = [f'"{one.name}": {_texts(one.values)}' for one in fields]
    if len(entries) == 1 and len(entries[0]) < 100:
        return f"{{{entries[0]}}}"
    for place, one in enumerate(fields):
        if len(entries[place]) > 110:
            values = "".join(f"        {quoted(value)},\n" for value in one.values)
            entries[place] = f'"{one.name}": [\n{values}    ]'
    return "{\n" + "".join(f"    {entry},\n" for entry in entries) + "}"


def _texts(values: tuple[str, ...]) -> str:
    """A list of them; letters and digits as one word that is taken apart."""
    if len(values) > 4 and all(len(value) == 1 and value.isalnum() for value in values):
        return f'list("{"".join(values)}")'
    if values == tuple(str(n) for n in range(len(values))):
        return f"[str(n) for n in range({len(values)})]"
    return "[" + ", ".join(quoted(value) for value in values) + "]"


def names_set(names: tuple[str, ...]) -> str:
    """A set of file names: on one line where it is short."""
    shown = [quoted(name) for name in names]
    short = f"{{{', '.join(shown)}}}"
    return short if len(short) < 80 else "{\n" + "".join(f"        {name},\n" for name in shown) + "    }"


def quoted(value: str) -> str:
    """As the formatter likes it: double quotes unless that needs more backslashes."""
    shown = repr(value)
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in shown else shown


def change_lines(later: list[tuple[int, dict[str, Any]]]) -> str:
    """The entries of CHANGES."""
    return "\n".join(
        f"    {step}: {{" + ", ".join(f'"{key.upper()}": {_value(value)}' for key, value in now.items()) + "},"
        for step, now in later
    )


def _value(value: object) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)


def model_entry(model: ModelConfig) -> str:
    """What our weight files are known by, labels aside, as far as it differs from the usual."""
    values = {"arch": f'"{model.arch}"', "z_dim": "Z_DIM", "width": model.width, "shape": list(model.shape)}
    if model.arch in ("points", "resnet"):
        values["depth"] = model.depth
    if model.mapping:
        values["mapping"] = model.mapping
    return "{" + ", ".join(f'"{key}": {value}' for key, value in values.items()) + "}"
