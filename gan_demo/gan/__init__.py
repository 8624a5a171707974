"""The core: networks, losses, the training step, latent space, metrics, ONNX."""
