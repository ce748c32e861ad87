"""The control plane under ``/_sim/``: what a test or a person does to the simulator."""
