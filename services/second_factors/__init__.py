"""What people prove themselves by besides a password: an authenticator app, recovery codes, passkeys."""
