"""Compilation of graphs in a process of its own: python -m gan_demo.lab.worker < settings as JSON > file of graphs.

Its exit code is 2 for settings that do not fit; then it writes [field, problem, remedy] as JSON.
"""

from __future__ import annotations

import json
import os
import sys

from gan_demo.support import own_process

MEMORY_BYTES = 8 * 2**30  # of address space; torch's libraries alone take half
CPU_SECONDS = 60


def main() -> int:
    """Compile what standard input asks for; return the exit code."""
    os.environ["OMP_NUM_THREADS"] = "1"  # before torch loads
    own_process.limit(MEMORY_BYTES, CPU_SECONDS)
    from gan_demo.config import RunConfig
    from gan_demo.data import datasets
    from gan_demo.errors import GanDemoError
    from gan_demo.gan.models import build
    from gan_demo.lab.bundle import graph_bundle
    from gan_demo.lab.training_file import MOST_PARAMETERS

    try:
        config = RunConfig.from_dict(json.loads(sys.stdin.buffer.read()))
        source = datasets.source(config.data.name)
        config = config.fit(source.shape, source.labels)
        build.check_network_size(config.model, MOST_PARAMETERS)
        sys.stdout.buffer.write(graph_bundle(config))
    except GanDemoError as failure:
        sys.stdout.write(json.dumps([failure.field, failure.problem.format(**failure.details), ""]))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
