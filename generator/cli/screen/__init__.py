"""The full-screen view of `generator up`, in a process of its own that holds the terminal.

    parent.py       runs beside the system: sends what happens, and hears what is asked for
    wire.py         the words between the two
    __main__.py     the process that shows
    scrollback.py   the lines that it keeps
    app.py          what is on the screen, and its keys
    log_pane.py     the part of it with the lines

Only `app.py` and `log_pane.py` know Textual, which comes with an extra; `__main__.py` alone imports
them.
"""
