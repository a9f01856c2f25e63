"""Where allauth asks us: who may come in, and how what it keeps is kept."""

from accounts.adapter.account import AccountAdapter
from accounts.adapter.provider import ProviderAdapter
from accounts.adapter.second_factor import SecondFactorAdapter

__all__ = ["AccountAdapter", "ProviderAdapter", "SecondFactorAdapter"]
