"""The app's own address, at the root and below server.baseUrlPath, and the owner's cookie that its pages give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import lifespan, owner_cookie
from gan_demo.server import routes as server_routes
from gan_demo.ui import serve
from tests.server.route_clients import client as client
from tests.server.route_clients import page
from tests.server.route_clients import run as run


def test_a_page_gives_a_new_browser_a_token_that_scripts_cannot_read(client: TestClient) -> None:
    cookie = SimpleCookie(client.get("/").headers["set-cookie"])[ownership.OWNER_COOKIE]
    assert ownership.valid_token(cookie.value)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"], "http would never send it back"


INDEX = b"<html><head><title>Streamlit</title></head></html>"


@pytest.fixture(params=["", "/gan"])
def base(request: pytest.FixtureRequest) -> str:
    path: str = request.param
    return path


@pytest.fixture
def app_at(base: str) -> Iterator[TestClient]:
    """Return a client of the app served at ``base``, before what Streamlit answers with a page."""
    routes = [*server_routes.served(base, INDEX), Route("/{rest:path}", page, methods=["GET", "POST"])]
    middleware = server_routes.middleware(base, serve.streamlit_folder())
    app = Starlette(routes=routes, middleware=middleware, lifespan=lifespan.lifespan)
    with TestClient(app, follow_redirects=False) as client:
        yield client


def test_every_route_answers_below_the_base_path(app_at: TestClient, base: str, run: RunDir) -> None:
    assert app_at.get(f"{base}/api/runs/{run.id}/grids/500.png").content == run.grid_png(500)
    assert "javascript" in app_at.get(f"{base}/api/ui/film/film.mjs").headers["content-type"]
    assert app_at.get(f"{base}/c").headers["location"] == "train?class=join"
    assert app_at.get(f"{base}/c/WRONGS").headers["location"] == "../train?class=unknown"


def test_the_labs_page_names_its_modules_and_other_pages_do_not(app_at: TestClient, base: str) -> None:
    lab, home = (app_at.get(f"{base}/{name}").text for name in ("lab", "home"))
    assert "modulepreload" not in home
    links = re.findall(r'<link rel="\w+"[^>]* href="([^"]+)" />', lab)
    assert links[1] == "api/ui/lab/lab.mjs"
    assert all(app_at.get(f"{base}/{link}").status_code == 200 for link in links)


@pytest.mark.usefixtures("run")
def test_routes_answer_at_the_root_too_for_a_proxy_that_takes_the_path_off(app_at: TestClient) -> None:
    assert app_at.get("/api/runs/digits-1/grids/500.png").status_code == 200


@pytest.mark.parametrize("path", ["api", "api/", "api/nothing", "api/ui/none.mjs", "api/runs/a/grids/x.png", "api/ui"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_address_below_api_is_an_error_and_never_a_page(
    app_at: TestClient, base: str, path: str, method: str
) -> None:
    for root in {"", base}:
        answer = app_at.request(method, f"{root}/{path}")
        assert answer.status_code in (404, 405)
        assert "html" not in answer.headers["content-type"]
        if method == "GET":
            assert "error" in answer.json()
            assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("kind", ["js", "css"])
def test_streamlit_s_own_files_come_compressed_and_stay_what_they_are(app_at: TestClient, base: str, kind: str) -> None:
    file = max((serve.streamlit_folder() / "static" / kind).glob(f"*.{kind}"), key=lambda path: path.stat().st_size)
    address = f"{base}/static/{kind}/{file.name}"
    answer = app_at.get(address)
    assert answer.content == file.read_bytes()  # the client unpacks it
    assert int(answer.headers["content-length"]) < file.stat().st_size / 2
    assert "immutable" in answer.headers["cache-control"]
    assert app_at.get(address, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    plain = app_at.get(address, headers={"accept-encoding": "identity"})
    assert plain.content == file.read_bytes()
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["static/js/none.js", "static/js/../../index.html", "static/index.html"])
def test_streamlit_answers_for_what_is_not_among_its_files(app_at: TestClient, base: str, path: str) -> None:
    assert app_at.get(f"{base}/{path}").text == "<p>a page</p>"


def test_the_owner_s_token_is_for_the_base_path_alone(app_at: TestClient, base: str) -> None:
    cookie = SimpleCookie(app_at.get(f"{base}/train").headers["set-cookie"])[ownership.OWNER_COOKIE]
    assert cookie["path"] == (base or "/")


def test_a_page_says_where_the_server_is_so_that_the_browser_need_not_look_for_it(
    app_at: TestClient, base: str
) -> None:
    first = app_at.get(f"{base}/train")
    assert first.text.index("BACKEND_BASE_URL") < first.text.index("<title>")
    assert first.headers["content-type"].startswith("text/html")
    assert app_at.get(f"{base}/train", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    for other in ("", "favicon.png", "train/more", "_stcore"):
        assert "BACKEND_BASE_URL" not in app_at.get(f"{base}/{other}").text


def test_streamlit_s_page_has_the_head_into_which_that_is_written() -> None:
    from gan_demo.ui import serve

    assert serve.index().count(b"<head>") == 1
    assert serve.base_path() == ""


def test_over_https_the_token_stays_on_https() -> None:
    app = Starlette(routes=[Route("/", page)], middleware=[Middleware(owner_cookie.OwnerCookie)])
    answer = TestClient(app, base_url="https://testserver").get("/")
    assert {"Secure", "SameSite=None", "Partitioned"} <= set(answer.headers["set-cookie"].split("; "))


def test_a_browser_keeps_its_token(client: TestClient) -> None:
    client.get("/")
    assert "set-cookie" not in client.get("/").headers


def test_a_forged_token_is_replaced(client: TestClient) -> None:
    answer = client.get("/", headers={"cookie": f"{ownership.OWNER_COOKIE}=short"})
    assert ownership.OWNER_COOKIE in answer.headers["set-cookie"]


def test_a_page_that_the_browser_has_cached_gives_a_token_too(client: TestClient) -> None:
    assert ownership.OWNER_COOKIE in client.get("/train").headers["set-cookie"]


def test_pictures_give_no_token(client: TestClient, run: RunDir) -> None:
    assert "set-cookie" not in client.get(f"/api/runs/{run.id}/grids/500.png").headers


def test_two_browsers_get_two_tokens(client: TestClient) -> None:
    tokens = {SimpleCookie(client.get("/", headers={"cookie": ""}).headers["set-cookie"])[ownership.OWNER_COOKIE].value}
    client.cookies.clear()
    tokens.add(SimpleCookie(client.get("/").headers["set-cookie"])[ownership.OWNER_COOKIE].value)
    assert len(tokens) == 2
