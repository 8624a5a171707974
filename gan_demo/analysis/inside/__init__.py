"""A look inside one run, computed on request: D's output, the plane of features, weights, gradients, the networks."""
