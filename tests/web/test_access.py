"""Who may see calls."""

import pytest

from local_stt.web.access import Access, new_token

BASES = ["https://name.example", "http://127.0.0.1:8080"]


@pytest.fixture
def access():
    return Access("the-token", BASES)


def admits(access, method="GET", *, cookies=None, **headers):
    return access.admits(method, headers.get, cookies or {})


def test_programs_send_the_token(access):
    assert admits(access, Authorization="Bearer the-token")
    assert admits(access, "DELETE", Authorization="bearer the-token")
    for wrong in ("Bearer the-toke", "Bearer", "Basic the-token", "the-token", "Bearer ünsinn"):
        assert not admits(access, Authorization=wrong)


def test_browsers_send_the_cookie_which_is_not_the_token(access):
    cookies = {access.cookie_name: access.cookie_value}
    assert admits(access, cookies=cookies)
    assert "the-token" not in access.cookie_value
    assert not admits(access, cookies={access.cookie_name: "the-token"})
    assert not admits(access)


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH"])
def test_with_a_cookie_changes_must_come_from_our_own_page(access, method):
    cookies = {access.cookie_name: access.cookie_value}
    assert admits(access, method, cookies=cookies, Origin="https://name.example")
    assert not admits(access, method, cookies=cookies, Origin="https://evil.example")
    assert not admits(access, method, cookies=cookies)


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        ("https://example.com", True),
        ("https://example.com:443", True),
        ("HTTPS://EXAMPLE.COM", True),
        ("https://example.com:8443", False),
        ("http://example.com", False),
        ("https://example.com.evil.example", False),
        ("https://evil.example/example.com", False),
        ("http://[::1]:8080", True),
        ("http://[::1]:80", False),
        ("http://[::1", False),
        ("https://example.com:x", False),
        ("null", False),
        ("", False),
    ],
)
def test_an_address_may_have_a_path_and_another_spelling(origin, is_ours):
    access = Access("the-token", ["https://Example.com/calls", "http://[::1]:8080", ""])
    cookies = {access.cookie_name: access.cookie_value}
    assert admits(access, "DELETE", cookies=cookies, Origin=origin) == is_ours


def test_servers_on_one_host_have_different_cookies(access):
    other = Access("another", BASES)
    assert other.cookie_name != access.cookie_name
    assert other.cookie_value != access.cookie_value


def test_tokens_are_long_and_never_the_same():
    assert len({new_token() for _ in range(100)}) == 100
    assert all(len(new_token()) >= 32 for _ in range(10))
