"""The charts of a look inside a run, and of a comparison, as Plotly's figures and as tables."""
