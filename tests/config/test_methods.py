import pytest
from django.test import Client


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_methods_that_no_browser_needs_reach_no_view(method):
    response = getattr(Client(), method)("/accounts/login/")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"
