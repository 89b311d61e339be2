"""Who is asking: accounts with passwords, sessions with tokens, and what proves an address."""

from app.auth import account_endpoints, session_endpoints
from app.auth.access import ACCESS, describe_access
from app.auth.account_changes import ACCOUNT_CHANGES
from app.auth.accounts import ACCOUNTS
from app.auth.limits import LIMITER
from app.auth.passwords import PASSWORDS
from app.auth.proofs import PROOFS
from app.auth.registration import REGISTRATION
from app.auth.sessions import SESSIONS
from app.auth.tokens import TOKENS
from app.redis import STATE
from shared.web import Feature

feature = Feature(
    name="auth",
    routers=(session_endpoints.router, session_endpoints.user_sessions, account_endpoints.router),
    resources=(
        STATE,
        LIMITER,
        PASSWORDS,
        TOKENS,
        SESSIONS,
        PROOFS,
        ACCOUNTS,
        REGISTRATION,
        ACCOUNT_CHANGES,
        ACCESS,
    ),
    describe=describe_access,
)
