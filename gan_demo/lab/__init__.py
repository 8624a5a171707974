"""The 2-D lab, and training in the browser: graphs, and the state that goes between browser and server."""
