"""How a service is plumbed: the same in all of them, and no business noun."""
