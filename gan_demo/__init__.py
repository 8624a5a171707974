"""Train, watch and explore generative adversarial networks."""
