//! The build as Docker, the shell and pip would run it, step by step.
