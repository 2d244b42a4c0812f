"""Measurements of speed, against what people would use instead."""
