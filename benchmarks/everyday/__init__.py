"""Short tasks on tools of everyday domains: what is allowed, and what stays refused."""
