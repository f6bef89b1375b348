"""Hypothesis: more examples where there is time, none of them judged by the clock of a shared machine."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("gateway", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("gateway"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gateway"))
