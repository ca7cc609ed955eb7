"""Journeys run on houses of processes."""

from tests.journey.houses import any_house, house, redis

__all__ = ["any_house", "house", "redis"]
