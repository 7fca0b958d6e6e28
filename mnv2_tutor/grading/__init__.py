"""Grading a class: ``mnv2-tutor grade``.

Data flows one way: ``intake`` reads what was handed in, ``sandbox`` runs it, ``marks`` judges what
came back, ``batch`` writes it down. The process that judges never runs a learner's code.
"""
