"""The libraries that the page comes with are the ones that their README names."""

import hashlib
import re

from helpers.project import PROJECT

VENDOR = PROJECT / "local_stt" / "web" / "static" / "vendor"


def test_each_library_is_unchanged_and_has_its_licence():
    scripts = list(VENDOR.glob("*/*.js"))
    assert scripts
    for script in scripts:
        readme = (script.parent / "README.md").read_text()
        named = re.search(rf"SHA-256 of `{re.escape(script.name)}` \| `(\w+)`", readme)
        assert named
        assert named[1] == hashlib.sha256(script.read_bytes()).hexdigest()
        assert "Copyright" in (script.parent / "LICENSE").read_text()
