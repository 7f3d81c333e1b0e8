# SPDX-License-Identifier: Apache-2.0
"""Print pip's own settings as shell exports that uv understands; what the environment already says wins.

Runs before anything is installed: standard library only.
"""

import ast
import os
import shlex
import subprocess
import sys

# pip's name -> (uv's variable, variables that already answer the question, separator uv wants in a list)
SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX", ("UV_INDEX_URL",), " "),
    "extra-index-url": ("UV_INDEX", ("UV_EXTRA_INDEX_URL",), " "),
    "find-links": ("UV_FIND_LINKS", (), ","),
    "no-index": ("UV_NO_INDEX", (), " "),
    "trusted-host": ("UV_INSECURE_HOST", (), " "),
    "cert": ("SSL_CERT_FILE", (), " "),
    "client-cert": ("SSL_CLIENT_CERT", (), " "),
    "proxy": ("ALL_PROXY", ("HTTPS_PROXY", "https_proxy", "all_proxy"), " "),
    "timeout": ("UV_HTTP_TIMEOUT", (), " "),
}
# Later wins, as in pip.
SCOPES = ("global", "install", ":env:")


def pip_settings() -> dict[str, str]:
    """Return what `pip config list` knows; without pip, what the PIP_ variables say."""
    asked = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    found: dict[tuple[int, str], str] = {}
    for line in asked.stdout.splitlines():
        name, equals, quoted = line.partition("=")
        scope, _, key = name.rpartition(".")
        if equals and scope in SCOPES:
            found[SCOPES.index(scope), key.replace("_", "-")] = str(ast.literal_eval(quoted))
    for name, value in os.environ.items():
        if name.startswith("PIP_"):
            found[len(SCOPES), name[4:].lower().replace("_", "-")] = value
    return {key: value for (_, key), value in sorted(found.items())}


def exports(settings: dict[str, str], environment: dict[str, str]) -> dict[str, str]:
    """Return the variables to set for uv."""
    result = {}
    for key, (variable, others, separator) in SETTINGS.items():
        value = separator.join(settings.get(key, "").split())
        if key == "no-index" and value.lower() not in ("1", "true", "yes", "on"):
            continue
        if key == "timeout":
            value = value.partition(".")[0]
        if value and not any(environment.get(name) for name in (variable, *others)):
            result[variable] = value
    if {"UV_INDEX", "UV_FIND_LINKS"} & set(result):
        # pip takes the best version of all indexes; every file is checked against the lock's hashes anyway.
        result.setdefault("UV_INDEX_STRATEGY", environment.get("UV_INDEX_STRATEGY", "unsafe-best-match"))
    return result


if __name__ == "__main__":
    for variable, value in exports(pip_settings(), dict(os.environ)).items():
        print(f"export {variable}={shlex.quote(value)}")
