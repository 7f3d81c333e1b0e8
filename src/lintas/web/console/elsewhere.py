# SPDX-License-Identifier: Apache-2.0
"""Sign in by the agency's own identity provider: there, and back."""

from starlette.responses import RedirectResponse, Response

from lintas.web.calls import Call
from lintas.web.console.sign_in import local_address, signed_in
from lintas.web.cookies import elsewhere_secret as kept_secret
from lintas.web.cookies import end_elsewhere_cookie, set_elsewhere_cookie
from lintas.work.accounts import oidc


def go(call: Call) -> Response:
    """Send the browser to the provider, with a secret that binds what comes back to it."""
    begun = oidc.begin(call.services, after=local_address(call.query("next")))
    response = RedirectResponse(begun.address, status_code=303)
    set_elsewhere_cookie(response, begun.secret, is_secure=call.console.is_secure)
    return response


def come_back(call: Call) -> Response:
    """Sign in whom the provider sends back."""
    back = oidc.Returned(
        state=call.query("state"),
        code=call.query("code"),
        issuer=call.query("iss"),
        error=call.query("error"),
        secret=kept_secret(call.request, is_secure=call.console.is_secure),
    )
    done = oidc.finish(call.services, back, device=call.device)
    response = signed_in(call, done.started, local_address(done.after))
    end_elsewhere_cookie(response, is_secure=call.console.is_secure)
    return response
