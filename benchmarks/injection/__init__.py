"""Training of the injection model: grammars of generated text, data, fit, export."""
