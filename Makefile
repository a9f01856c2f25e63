# A start only; grows in the next commits.
.PHONY: setup
setup:
	python3 -m venv .venv
	.venv/bin/pip install -q uv
	.venv/bin/uv pip install -q -r requirements-dev.txt
	grep -qs DEBUG .env || echo DEBUG=1 >> .env
