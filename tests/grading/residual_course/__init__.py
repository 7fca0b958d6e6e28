"""A course of two exercises about residual networks, which another course's tests grade with."""

TITLE = "Residual networks"
OTHERWISE = ()
