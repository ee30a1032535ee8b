.PHONY: help setup setup-tests build demo test test-reference bench clean

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing (Debian packages; nothing when all is there)
	@scripts/setup.sh

setup-tests:
	@scripts/setup.sh --tests

build: setup ## Build the native and the managed code
	@dotnet build DiffuSharp.slnx -c Release --nologo -v minimal

demo: build ## Sample 64 images with the shipped model into out/
	@./diffusharp sample --outdir out --seeds 0-63
	@echo "The picture is $(CURDIR)/out/grid.png"

test: setup-tests build ## Run all tests
	@scripts/test.sh

test-reference: setup-tests build ## Run the tests against numbers of the published code
	@scripts/test.sh --filter Category=Reference

bench: build ## Measure images per second of the small network
	@./diffusharp bench --mode inference
	@./diffusharp bench --mode training

clean: ## Remove everything that was built
	@rm -rf artifacts
	@find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
