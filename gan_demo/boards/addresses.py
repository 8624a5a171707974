"""Addresses of the server's routes, as patterns for the server and as addresses for the browser.

They are relative to the app's own address, because a proxy or ``server.baseUrlPath`` may serve the app under a prefix.
A static page has its files at the same addresses.
"""

from __future__ import annotations

import re

API = "api"  # of all requests that are not for pages
FRONTEND = "api/ui"  # and the path of a file in it
RUNTIME = "api/runtime/{version}"  # and the name of a file of onnxruntime-web
RUNTIME_UNVERSIONED = "api/runtime"

GRID = "api/runs/{run_id}/grids/{step:number}.png"
EVENTS = "api/runs/{run_id}/events"
UPDATES = "api/runs/{run_id}/updates"
ROWS = "api/runs/{run_id}/rows"
EXPLANATION = "api/runs/{run_id}/explain/{step:number}/{index:number}"

NETWORK = "api/explore/{run_id}/{step:number}/{network}.onnx"
SPACE = "api/explore/{run_id}/{step:number}/space.json"
TRAINING_IMAGES = "api/explore/{run_id}/real.png"
TRAINING_IMAGE_LABELS = "api/explore/{run_id}/real.json"  # on a static page; the server sends them in a header
CLASSIFIER = "api/explore/classifiers/{name}.onnx"
UPLOAD_SAMPLES = "api/explore/uploads/{secret}/samples"
UPLOAD = "api/explore/uploads/{secret}/{name}"

LAB_GRAPHS = "api/lab/graphs"  # and settings as its query
LAB_SCRIPT = "api/lab/script.json"  # on a static page: texts of the lab's PyTorch script
LAB_DATA = "api/lab/data/{name}"  # embedded images
SHIPPED_GRAPHS = "api/lab/shipped.bin"  # those of a static page, which a class loads without a compilation
LAB_REFERENCE = "api/lab/reference/{name}"  # what measures samples of them
LAB_RUNS = "api/lab/runs"  # takes trainings of browsers
TRAINING = "api/runs/{run_id}/training"  # a run's state, to go on in a browser; and a step as its query

CLASS_ENTRANCE = "c"  # redirects to a page that asks for a class code
CLASS = "c/{code}"  # a code or a ticket; redirects to what the class is shown
CLASS_STATE = "api/classes/{ticket}/live"  # a WebSocket: a browser allows only six other connections to a host
STEER_CLASS = "api/classes/{ticket}/steer"
POLL = "api/classes/{ticket}/poll"
VOTE = "api/classes/{ticket}/vote"
CLASS_LAB = "api/classes/{ticket}/lab"  # what the teacher hands out, and labs that pupils offered
OFFER = "api/classes/{ticket}/offer"

# Pages
RUN_PAGE = "train?run={run}"
PRESENTER_PAGE = "train?run={run_id}&view=presenter"
LAB_PRESENTER_PAGE = "lab?view=presenter"
CODE_PAGE = "train?class={reason}"  # asks for a class code; reasons: ui.classroom.ENTRANCES

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def filled(pattern: str, **values: object) -> str:
    """Return the address that a pattern becomes with these values of its parameters."""
    return _PARAMETER.sub(lambda parameter: str(values[parameter[1]]), pattern)
