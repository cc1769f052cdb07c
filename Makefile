# make help explains itself: every target that has a comment after ## is listed.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.DEFAULT_GOAL := help
.PHONY: help build demo test lint fmt bench load screenshots clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the program, ./incidentbot
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o incidentbot .

demo: ## try it in the browser: a local workspace, sample data, no accounts
	go run . demo

test: ## run every test on SQLite and PostgreSQL, with the race detector; installs what is missing
	@.ci/test

lint: ## check formatting, vet, import rules, linters and known vulnerabilities
	@.ci/lint

fmt: ## format the code
	gofmt -w .

bench: ## run the benchmarks, on SQLite and on a PostgreSQL that waits for the disk
	@.ci/install
	@.ci/with-postgres --durable go test -run '^$$' -bench . -benchmem -timeout 60m ./...

load: ## run the bot on a register of its own and drive it through its HTTP door; ARGS="--postgres", "--limited", see docs/performance.md
	@workspace/load/series $(ARGS)

screenshots: ## take the pictures of the documentation anew, in a real browser
	@.ci/install
	@.ci/with-postgres env INCIDENTBOT_SCREENSHOTS='$(CURDIR)/docs/pictures' \
		INCIDENTBOT_TEST_CHROMIUM="$$(command -v chromium || command -v google-chrome)" go test -count 1 -run TestDemo .

clean: ## remove what was built
	rm -f incidentbot
