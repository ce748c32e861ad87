"""The sample companies, and how one gets into a simulator."""

from qbo_simulator.seeds.loading import COMPANIES, load

__all__ = ["COMPANIES", "load"]
