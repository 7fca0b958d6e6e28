"""What classes hand in: small inputs, each of one kind, with the points and the words it must get."""
