# Everything that builds or checks the portal. `make test` is the gate: nothing
# is merged or released that does not pass it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --always --dirty 2>/dev/null || echo dev)
TOOL := go tool -modfile=tools/go.mod
TESTSUM := $(TOOL) gotestsum --format pkgname --format-hide-empty-pkg --hide-summary=skipped
# A format that differs with what else is installed could not be checked.
TEMPLFMT := go tool templ fmt -prettier-command=no-prettier -log-level=error

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: test
test: system checks lint build tests ## the gate: all checks, then all tests

.PHONY: build
build: ## build the static binary bin/billportal
	@CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/billportal .
	@echo "build: bin/billportal $(VERSION)"

.PHONY: demo
demo: ## run the portal with a simulated Billing API and identity provider
	@go run . demo

.PHONY: generate
generate: ## write the Go code of the templates
	@go tool templ generate -log-level=error

.PHONY: fmt
fmt: ## format Go code and templates in place
	@gofmt -w .
	@$(TEMPLFMT) templates

.PHONY: lint
lint: ## golangci-lint, with staticcheck and gosec inside
	@$(TOOL) golangci-lint run --allow-parallel-runners ./...

.PHONY: checks
checks: ## formatting, go vet, generated code, downloaded modules
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "not formatted, run 'make fmt':"; echo "$$unformatted"; exit 1; }
	@# Not -fail: it rewrites the files that it complains about.
	@for f in $$(find templates -name '*.templ'); do \
		$(TEMPLFMT) -stdout $$f | cmp -s - $$f || { echo "not formatted, run 'make fmt': $$f"; exit 1; }; done
	@go tool templ generate -check -log-level=error || { echo "generated code is old, run 'make generate'"; exit 1; }
	@go vet -tags browser,long ./...
	@go mod tidy -diff >/dev/null || { echo "go.mod does not match the code, run 'go mod tidy'"; exit 1; }
	@go mod verify >/dev/null
	@echo "checks: ok"

# Browser tests drive an ordinary binary: under the race detector Chromium runs
# into its time-outs on a small machine. They are the tests of files tagged
# `browser`. The access sweep asks everything as everybody, tens of thousands of
# requests, and runs once more with a leak put into one query, which it must find;
# one reader goes through two worlds that differ in what is hidden. Both are
# without the race detector, which other tests of many people at once are for. All
# kinds go through one gotestsum, so that the closing lines count them all.
define EVENTS
status=0
go test -json -race -shuffle=on -timeout 8m ./... || status=1
go test -json -timeout 8m -run '^Test((The)?Sweep|WhatIsHidden)' ./web || status=1
files=$$(grep -rlE --include='*_test.go' '^//go:build .*browser' . || true)
if [ -n "$$files" ]; then
  names=$$(grep -hoE '^func Test[[:alnum:]_]+' $$files | sed 's/^func //' | paste -sd'|')
  go test -json -tags browser -timeout 5m -run "^($$names)$$" $$(dirname $$files | sort -u) || status=1
fi
exit $$status
endef
export EVENTS

.PHONY: tests
tests: system ## unit and router tests with the race detector, the access sweep, then browser tests
	@$(TESTSUM) --raw-command -- bash -c "$$EVENTS"

# These tests also need node and npm, for an identity provider nobody here wrote.
.PHONY: test-long
test-long: system ## what takes longer than the gate may: tests tagged `long`
	@missing=; for name in node npm; do command -v $$name >/dev/null || missing="nodejs npm"; done; $(INSTALL)
	@$(TESTSUM) -- -tags long -timeout 2h ./...

# INSTALL brings along the packages in $$missing.
define INSTALL
[ -n "$$missing" ] || exit 0; \
[ "$$(id -u)" = 0 ] || { echo "as root: apt-get install $$missing"; exit 1; }; \
echo "system: installing $$missing"; log=$$(mktemp); \
{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing; } >"$$log" 2>&1 \
	|| { cat "$$log"; exit 1; }; rm -f "$$log"
endef

.PHONY: system
system: # what Go cannot bring along: a C compiler for -race, a browser, a font
	@missing=; command -v gcc >/dev/null || missing="gcc libc6-dev"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	[ -d /usr/share/fonts/truetype ] || missing="$$missing fonts-dejavu-core"; \
	$(INSTALL)
