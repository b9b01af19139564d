"""What models are trained on, and what is asked of them: documents of ids, and windows of a genome with a signal."""
