"""A password hasher that counts its work: what takes long does not depend on who was named."""

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    """Every check and every new hash makes one."""

    algorithm = "counted"
    made = 0

    def encode(self, password: str, salt: str) -> str:
        """One more hash."""
        type(self).made += 1
        return super().encode(password, salt)
