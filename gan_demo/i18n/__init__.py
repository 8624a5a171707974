"""Sentences of the interface, in a folder for each language: English in ``en/``, Chinese in ``zh/``.

Which file a sentence is in (the first part of its key in brackets):
- ``common`` for several pages: navigation, statuses, durations, names of shipped models (app, nav, status, time, …)
- ``home``, ``compare``, ``explore``, ``learn``: the page of that name (the same)
- ``analyse``: the Analyse page, and its charts in a comparison (the same)
- ``help``: the Help page and its diagnostics (help, diagnostics)
- ``lab``: the lab (the same)
- ``train_setup``: the Train page without a run (setup, card, images, see_fail, earlier)
- ``train``: the Train page with a run, and its fork dialog (live, control, queue, loading, fork, unknown)
- ``browser_training``: the training of images in the viewer's own browser (browser)
- ``train_end``: when a run is over (end); ``downloads``: its files (files); ``run_file``: a whole run as one file
- ``own_images``: the dialog of own images (own)
- ``settings``: all settings, and the names of presets, data sets and losses (setting, value, preset, data, loss, …)
- ``labels``: fields of labels and their values (explore.field, explore.value)
- ``classroom``, ``curves``, ``film``, ``findings``, ``explorer``, ``explorer_tools``, ``site``: components in frontend/

To add a sentence: write it, under one key and at its place in the alphabet, into the same file of every language, then
call ``t("key")``, or ``t("key", n=5)`` for a sentence with ``{n}``. A component's sentence is in the data that
``boards/`` gives to it. An error is an English sentence in the code, with ``{details}``; its translation is an entry
of ``zh/errors.json``, whose key is the English sentence.

To add a language: copy ``en/`` to a folder with the language's code, translate the values, perhaps add ``errors.json``
with the keys of ``zh/errors.json``, and follow the example in CONTRIBUTING.md.

tests/i18n/test_text.py finds sentences that are missing, unused, or lack a placeholder.
"""
