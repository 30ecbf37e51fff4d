"""Learning online: the parameters of a memory model move a little after every review."""

from repetita.online.online_fit import METHODS, OnlineFit
from repetita.online.updates import OnlineRun, OnlineUpdate

__all__ = ["METHODS", "OnlineFit", "OnlineRun", "OnlineUpdate"]
