from .points import post_load
