"""Forms, sentences, numbers, templates: what people read, without a browser."""
