"""SQL in and out, one module for each thing that is kept."""
