# Penumbra. "make demo" shows what it does, "make test" checks it.

PREFIX  ?= /usr/local
DESTDIR ?=
GO      ?= go

bindir  = $(DESTDIR)$(PREFIX)/bin
mandir  = $(DESTDIR)$(PREFIX)/share/man/man1
bashdir = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
zshdir  = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
fishdir = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

.PHONY: all build demo test check setup-tests generate conformance \
	conformance-quick bench bench-remote arm64 install uninstall clean

all: build

# Static, so that it runs on every distribution and inside a chroot. Its entry
# point is our own, which takes note of what the runtime then changes: see
# internal/origin.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w -E _penumbra_start" -o bin/penumbra ./cmd/penumbra

# The main job on real programs: bash, python3, git, gcc, go build; and with the
# files of a shadow.
demo: build
	scripts/demo bin/penumbra
	scripts/demo-shadow bin/penumbra

# All that has to pass before a change goes in, but the long suites.
test: setup-tests check build
	$(GO) test -race -timeout 25m ./...

setup-tests:
	scripts/setup-tests

# What needs no running: formatting, vet on both machines, generated files.
check: arm64
	scripts/check-format
	$(GO) vet ./...
	scripts/check-generated

arm64:
	GOARCH=arm64 CGO_ENABLED=0 $(GO) vet ./...
	GOARCH=arm64 CGO_ENABLED=0 $(GO) build -ldflags="-E _penumbra_start" -o /dev/null ./cmd/penumbra

generate:
	$(GO) generate ./...

# Suites that others wrote, natively and under Penumbra, compared test by test.
conformance: build
	$(GO) run ./conformance

conformance-quick: build
	$(GO) run ./conformance -quick

# Native, penumbra, strace and proot in turn; writes bench/RESULTS.md.
bench: build
	$(GO) run ./bench

# Files of a shadow beside those of sshfs, at several distances; writes
# bench/REMOTE.md and bench/remote.svg.
bench-remote: build
	$(GO) run ./bench -remote

install: build
	install -d $(bindir) $(mandir) $(bashdir) $(zshdir) $(fishdir)
	install -m 755 bin/penumbra $(bindir)/penumbra
	install -m 644 man/*.1 $(mandir)/
	bin/penumbra completion bash >$(bashdir)/penumbra
	bin/penumbra completion zsh >$(zshdir)/_penumbra
	bin/penumbra completion fish >$(fishdir)/penumbra.fish

uninstall:
	rm -f $(bindir)/penumbra $(bashdir)/penumbra $(zshdir)/_penumbra $(fishdir)/penumbra.fish
	rm -f $(patsubst man/%,$(mandir)/%,$(wildcard man/*.1))

clean:
	rm -rf bin build
