"""What classes hand in: small inputs, each of one kind, with its points and its words."""
