"""Compile the graphs that the lab ships: python -m scripts.make_lab_graphs [--again].

It takes some minutes of one processor, and goes on with the parts that the file lacks. ``--again`` begins anew, as a
change of gan/step.py, gan/losses.py, gan/compiled/ or the networks for points needs it. The graphs of the presets that
train on images are compiled each time.
"""

from __future__ import annotations

import sys

from gan_demo.lab import graphs, shipped
from gan_demo.lab.page import GRAPHS
from gan_demo.presets import PRESETS


def main() -> None:
    """Write each part as soon as it is compiled."""
    parts = {} if "--again" in sys.argv or not GRAPHS.exists() else shipped.read()
    for name in shipped.part_names():
        if name not in parts:
            parts[name] = shipped.part(name)
            shipped.write(parts)
            print(f"{name}: {len(parts[name]):,} bytes, {len(GRAPHS.read_bytes()):,} in all", flush=True)
    for preset in graphs.PRESETS_SHIPPED:
        content = graphs.compiled(graphs.without_inputs(PRESETS[preset]))
        graphs.shipped_path(preset).write_bytes(content)
        print(f"{preset}: {len(content):,} bytes", flush=True)


if __name__ == "__main__":
    main()
