"""Families of exercises, a folder each: what is asked of a function, watched in it, and judged.

``cases`` holds the questions as data, ``observe`` the one step that runs a learner's code, and
``judge`` the items of a rubric that several exercises share.
"""
