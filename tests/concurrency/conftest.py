"""Tests of many processes at once."""

from tests.journey.houses import any_house, house, redis

__all__ = ["any_house", "house", "redis"]
