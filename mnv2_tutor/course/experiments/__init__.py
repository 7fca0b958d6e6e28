"""Measurements that take minutes: how they are made, and what they gave. Chapters show both."""
