"""References, misconceptions and expected values, and nothing else.

``<exercise>.py`` holds ``reference`` and the misconceptions (functions ``wrong_<key>``, or
``wrong_<key>__<variant>``); ``<exercise>.json`` what they do on the public probe, made by
``mnv2-tutor author fingerprints``. Nothing that runs beside a learner's code imports this folder.
"""
