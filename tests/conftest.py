"""Settings of the whole suite: the same examples every time; ``--hypothesis-profile=explore`` looks for new ones."""

from hypothesis import HealthCheck, settings

# shared machines are slow at times, so no deadline; data-dependent strategies are slow to draw, which is no fault
_CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("suite", derandomize=True, max_examples=80, **_CALM)
settings.register_profile("explore", max_examples=3000, **_CALM)
settings.load_profile("suite")
