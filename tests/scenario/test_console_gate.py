# SPDX-License-Identifier: Apache-2.0
"""What stands before every page: sessions, forms, origins, headers, limits; walked over the one route table."""

import re
from collections.abc import Iterator

import pytest
from starlette.routing import Route, request_response

from lintas.limits import SESSION_IDLE_S_MAX, SIGN_IN_TRIES_MAX
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import FakeClock
from lintas.web.headers import ALWAYS
from lintas.web.routes import ROUTES, TAKE_BYTES_MAX, RouteSpec
from lintas.work.accounts import close_account, create_link
from tests.scenario.browsing import PASSWORD, Browser, officer

ID = "0" * 64
PRIVATE = [spec for spec in ROUTES if spec.may != "public"]
FORMS = [spec for spec in ROUTES if spec.method == "POST"]


@pytest.fixture
def browser(node: Node) -> Iterator[Browser]:
    officer(node)
    with Browser(node) as opened:
        yield opened


def address_of(spec: RouteSpec) -> str:
    """An address that meets a route."""
    parts = {"token": "A" * 43, "waiting": "x", "result": "x", "question": "x", "sharing": "x"}
    parts["peer"] = f"lintas:{'a' * 52}"
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: parts.get(found[1], ID), spec.path)


def name_of(spec: RouteSpec) -> str:
    return f"{spec.method} {spec.path}"


def test_every_route_has_one_function_and_its_own_name() -> None:
    assert len({spec.name for spec in ROUTES}) == len(ROUTES)
    assert len({(spec.path, spec.method) for spec in ROUTES}) == len(ROUTES)
    assert all((spec.does is None) == spec.is_stream for spec in ROUTES)


def test_only_these_routes_are_public() -> None:
    public = {name_of(spec) for spec in ROUTES if spec.may == "public"}
    assert public == {
        "GET /healthz",
        "GET /readyz",
        "GET /sign-in",
        "POST /sign-in",
        "POST /sign-in/passkey",
        "POST /sign-in/passkey/ask",
        "GET /sign-in/recover",
        "POST /sign-in/recover",
        "GET /enter/{token}",
        "POST /enter/{token}",
        "POST /language",
        "POST /look",
        "GET /oidc/start",
        "GET /oidc/callback",
        "GET /duty/icon-{size}",  # nothing of a node stands in what an installed page keeps
        "GET /duty/icon.svg",
        "GET /duty/manifest.webmanifest",
        "GET /duty/offline",
        "GET /duty/worker.js",
    }


def test_nobody_gets_in_without_a_session(browser: Browser) -> None:
    for spec in PRIVATE:
        for cookie in ("", "A" * 43):
            browser.client.cookies.set("lintas", cookie, domain="node.example")
            if spec.method == "POST":
                assert browser.post(address_of(spec)).status == 401, spec
                continue
            page = browser.get(address_of(spec), {"accept": "text/event-stream"} if spec.is_stream else None)
            assert page.status == (401 if spec.is_stream else 303), spec
            assert spec.is_stream or page.location.startswith("/sign-in"), spec


def test_no_form_works_without_its_secret(node: Node, browser: Browser) -> None:
    browser.enter(node)
    for spec in FORMS:
        for secret in ("", "0" * 64, "é"):
            page = browser.post(address_of(spec), {"name": "Aminah", "password": PASSWORD}, secret=secret)
            assert page.status == 403, spec
            told = ("form", "You may not", "Nothing was sent")  # what the role may not is refused before
            assert any(words in page.text for words in told), spec
    assert browser.get("/desk").status == 200


def test_no_public_form_works_without_its_secret(browser: Browser) -> None:
    for spec in FORMS:
        if spec.may == "public":
            page = browser.post(address_of(spec), {"name": "Aminah", "password": PASSWORD}, secret="")
            assert page.status == 403, spec


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
    ids=str,
)
def test_no_form_of_another_site_works_even_with_the_secret(
    node: Node, browser: Browser, headers: dict[str, str]
) -> None:
    browser.enter(node)
    browser.get("/find")
    assert browser.post("/find", {"terms": "a"}, headers=headers).status == 403


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://node.example"}], ids=str)
def test_forms_of_this_site_work(node: Node, browser: Browser, headers: dict[str, str]) -> None:
    browser.enter(node)
    browser.get("/find")
    assert browser.post("/find", {"terms": "a"}, headers=headers).status == 303


def test_a_form_of_one_session_does_not_work_in_another(node: Node, browser: Browser) -> None:
    officer(node, "Low", clearance=Tlp.GREEN, password=None)
    browser.enter(node)
    secret = browser.get("/find").secret
    with Browser(node) as other:
        other.enter(node, "Low")
        assert other.post("/find", {"terms": "a"}, secret=secret).status == 403


def test_signing_in_leads_where_one_wanted_to_go(browser: Browser) -> None:
    asked = browser.get("/log?before=3")
    assert asked.location == "/sign-in?next=%2Flog%3Fbefore%3D3"
    assert 'name="next" value="/log?before=3"' in browser.get(asked.location).html
    sent = browser.post("/sign-in", {"name": "Aminah", "password": PASSWORD, "next": "/log?before=3"})
    assert (sent.status, sent.location) == (303, "/log?before=3")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/a\nb",
        "/enter/abc",
        "desk",
    ],
)
def test_signing_in_leads_nowhere_else(browser: Browser, address: str) -> None:
    browser.get("/sign-in")
    sent = browser.post("/sign-in", {"name": "Aminah", "password": PASSWORD, "next": address})
    assert (sent.status, sent.location) == (303, "/desk")


def test_a_wrong_password_is_told_and_the_name_kept(browser: Browser) -> None:
    wrong = browser.sign_in("Aminah", "another password")
    unknown = browser.sign_in("Nobody", "another password")
    assert (wrong.status, unknown.status) == (403, 403)
    assert wrong.text == unknown.text
    assert 'value="Aminah"' in wrong.html
    assert "another password" not in wrong.html


def test_too_many_tries_are_told_alike(browser: Browser) -> None:
    for name in ("Aminah", "Nobody"):
        pages = [browser.sign_in(name, "another password") for _ in range(SIGN_IN_TRIES_MAX + 1)]
        assert [page.status for page in pages] == [403] * SIGN_IN_TRIES_MAX + [429]


@pytest.mark.parametrize("secure", [False, True])
def test_the_session_cookie_is_out_of_reach(node: Node, secure: bool) -> None:
    officer(node)
    with Browser(node, secure=secure) as browser:
        cookie = browser.sign_in("Aminah").headers["set-cookie"]
    assert cookie.startswith("__Host-lintas=" if secure else "lintas=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert ("Secure" in cookie) == secure
    assert "Domain" not in cookie


def test_a_fresh_session_replaces_the_one_before(browser: Browser) -> None:
    browser.sign_in("Aminah")
    before = browser.client.cookies["lintas"]
    browser.client.cookies.clear()
    browser.sign_in("Aminah")
    assert browser.client.cookies["lintas"] != before


def test_signing_out_shuts_the_door_behind(browser: Browser) -> None:
    browser.sign_in("Aminah")
    token = browser.client.cookies["lintas"]
    browser.get("/desk")
    assert browser.post("/sign-out").location == "/sign-in"
    browser.client.cookies.set("lintas", token, domain="node.example")
    assert browser.get("/desk").status == 303


def test_a_session_that_rested_too_long_asks_again(browser: Browser, clock: FakeClock) -> None:
    browser.sign_in("Aminah")
    clock.forward(seconds=SESSION_IDLE_S_MAX - 1)
    assert browser.get("/desk").status == 200
    clock.forward(seconds=SESSION_IDLE_S_MAX)
    assert browser.get("/desk").location == "/sign-in?next=%2Fdesk"


def test_a_closed_account_is_out_at_once(node: Node, browser: Browser) -> None:
    browser.sign_in("Aminah")
    assert browser.get("/desk").status == 200
    close_account(node.services, "Aminah")
    assert browser.get("/desk").status == 303


def test_a_preview_of_a_link_does_not_burn_it(node: Node, browser: Browser) -> None:
    address = f"/enter/{create_link(node.services, 'Aminah')}"
    with Browser(node) as preview:
        assert preview.get(address).status == 200
        assert preview.client.cookies.get("lintas") is None
    shown = browser.get(address)
    assert "Sign in as Aminah" in shown.text
    assert browser.post(address).location == "/desk"
    assert browser.get("/desk").status == 200
    assert browser.get(address).status == 403


def test_a_link_that_never_was_is_refused(browser: Browser) -> None:
    page = browser.get("/enter/" + "A" * 43)
    assert page.status == 403
    assert "does not work" in page.text


@pytest.mark.parametrize(
    "address", ["/sign-in", "/desk", "/nowhere", "/healthz", "/message/nonsense", "/find/nonsense", "/static/app.css"]
)
def test_every_answer_carries_the_headers(node: Node, browser: Browser, address: str) -> None:
    browser.enter(node)
    page = browser.get(address)
    for name, value in ALWAYS:
        assert page.headers[name] == value
    assert "server" not in page.headers
    assert "cache-control" in page.headers


def test_pages_are_never_stored_and_files_with_their_hash_are(node: Node, browser: Browser) -> None:
    browser.enter(node)
    page = browser.get("/desk")
    assert page.headers["cache-control"] == "no-store"
    for address in page.links("/static/"):
        assert browser.get(address).headers["cache-control"].endswith("immutable")
        assert browser.get(address.partition("?")[0]).headers["cache-control"] == "no-store"


def test_no_page_holds_anything_that_the_policy_forbids(node: Node, browser: Browser) -> None:
    browser.enter(node)
    for address in ("/desk", "/find", "/take", "/log", "/node", "/nowhere"):
        page = browser.get(address)
        assert " style=" not in page.html
        assert "<style" not in page.html
        assert " onclick=" not in page.html
        assert "//" not in "".join(page.links("http"))


def test_an_unknown_page_and_a_wrong_method_are_pages_too(node: Node, browser: Browser) -> None:
    assert browser.get("/nowhere").status == 404
    assert "no such page" in browser.get("/nowhere").text
    browser.enter(node)
    assert browser.post("/desk").status == 405


def test_an_upload_is_refused_before_it_is_read(node: Node, browser: Browser) -> None:
    browser.enter(node)
    browser.get("/take")
    page = browser.post("/take", {}, headers={"content-length": str(TAKE_BYTES_MAX + 1)})
    assert page.status == 413
    assert "65.0 MiB" in page.text


def test_a_body_that_is_no_form_is_refused(node: Node, browser: Browser) -> None:
    browser.enter(node)
    for kind in ("application/json", "multipart/form-data", "multipart/form-data; boundary=x", ""):
        page = browser.post("/find", {}, secret="", headers={"content-type": kind})
        assert page.status in {400, 403}


def test_an_operator_sees_the_node_and_no_content(node: Node) -> None:
    officer(node, "Keeper", role="operator", password=None)
    with Browser(node) as browser:
        browser.enter(node, "Keeper")
        assert browser.open("/").status == 200
        assert "operators see numbers" in browser.open("/").text
        assert browser.enter(node, "Keeper").location == "/node"
        for address in ("/desk", "/take", "/log", "/entity?key=x"):
            page = browser.get(address)
            assert page.status == 403
            assert "You may not" in page.text
            assert ("operator sees no content" in page.text) == (address != "/log"), page.text
        sent = browser.post("/find", {"terms": "a"})
        assert (sent.status, browser.get("/find").status) == (403, 403)


def test_healthz_and_readyz_answer_to_anyone(browser: Browser) -> None:
    assert (browser.get("/healthz").text, browser.get("/readyz").text) == ("ok", "ready")


def test_the_look_is_kept_without_a_script(browser: Browser) -> None:
    browser.get("/sign-in")
    assert 'data-theme="dark"' not in browser.get("/sign-in").html
    sent = browser.post("/look", {"theme": "dark", "here": "/sign-in"})
    assert sent.location == "/sign-in"
    page = browser.get("/sign-in")
    assert 'data-theme="dark"' in page.html
    assert 'data-shortcuts="off"' in page.html
    browser.post("/look", {"theme": "<script>", "keys": "on", "here": "//evil.example"})
    page = browser.get("/sign-in")
    assert "data-theme" not in page.html
    assert 'data-shortcuts="on"' in page.html


def test_a_public_form_is_small(browser: Browser) -> None:
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"name": "Aminah", "password": "x" * 20_000}).status == 413


def test_a_supervisor_sees_the_watches_of_all(node: Node, browser: Browser) -> None:
    officer(node, "Lead", role="supervisor", password=None)
    browser.enter(node)
    browser.get("/desk")
    browser.post("/watches", {"terms": "+60123456789", "days": "3"})
    for name, sees in (("Lead", True), ("Other", False)):
        if name == "Other":
            officer(node, name, password=None)
        with Browser(node) as other:
            other.enter(node, name)
            assert ("+60123456789" in other.get("/desk").text) == sees


def test_a_missing_page_still_knows_who_asks_and_its_forms_work(node: Node, browser: Browser) -> None:
    stranger = browser.get("/nowhere")
    assert "Sign out" not in stranger.text
    assert browser.post("/look", {"theme": "dark", "here": "/sign-in"}, secret=stranger.secret).status == 303
    browser.enter(node)
    assert "Sign out" in browser.get("/nowhere").text


def test_probes_are_given_no_cookie(browser: Browser) -> None:
    for address in ("/healthz", "/readyz", "/static/app.css"):
        assert "set-cookie" not in browser.get(address).headers


def test_what_nobody_foresaw_is_a_page_without_details(node: Node, browser: Browser) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("secret detail")

    route = next(route for route in browser.app.router.routes if getattr(route, "path", "") == "/healthz")
    assert isinstance(route, Route)
    route.app = request_response(broken)  # type: ignore[arg-type]  # it never answers
    page = browser.get("/healthz")
    assert page.status == 500
    assert "nobody foresaw" in page.text
    assert "secret detail" not in page.html
    assert "<form" not in page.html
