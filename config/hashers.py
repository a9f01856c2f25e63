from django.contrib.auth.hashers import Argon2PasswordHasher


class OwaspArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's minimum numbers: a class that signs in at the bell does not wait for its turn.

    19 MiB of memory, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet).
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
