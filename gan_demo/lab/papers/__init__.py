"""The protocol of the papers' tables on mode collapse, and trainings of several seeds side by side."""
