"""What stands between the network and the routes: one pure-ASGI middleware per file."""

from web.security.credits import costs
from web.security.csrf import csrf_token
from web.security.session import clear_session, set_session

__all__ = ["clear_session", "costs", "csrf_token", "set_session"]
