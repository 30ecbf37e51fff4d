"""One module a command, imported when the command is named; each holds ``command``."""
