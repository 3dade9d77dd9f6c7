# One command each: what a person and CI run. `make help` lists them.
# A setting of a run (`make help`) is passed on as a Robot Framework variable, ROBOT_OPTIONS= as they stand;
# PROCESSES= suite files run side by side; PYTHON= makes .venv. Any other name is refused.

PYTHON ?= python3
PROCESSES ?= 8
TEST_PROCESSES ?= 6
ROBOT_OPTIONS ?=
PROFILE ?=

BIN := .venv/bin
# pabot starts `robot` from PATH.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# A machine that keeps no compiled modules compiles all of them in each of the hundreds of processes of a run.
unexport PYTHONDONTWRITEBYTECODE
RESULTS := results
CATEGORIES := $(notdir $(patsubst %/,%,$(sort $(dir $(wildcard suites/*/*.robot)))))
# Only from make's own command line: a SYSTEM in somebody's environment means something else.
TOLD := $(foreach name,$(.VARIABLES),$(if $(findstring command,$(origin $(name))),$(name)))
# What this file gives a value is make's own; all else must be a setting of a run.
OWN = $(shell sed -nE 's/^([a-z%-]+: )?([A-Z_]+) *[:?+]?=.*/\2/p' $(firstword $(MAKEFILE_LIST)) | sort -u)
LIST_SETTINGS = PYTHONPATH=libraries $(or $(wildcard $(BIN)/python),$(PYTHON)) -m syncproof.report.settings
ifneq ($(TOLD),)
SETTINGS := $(filter-out $(OWN) MAKEFLAGS SHELL,$(TOLD))
endif
ifneq ($(SETTINGS),)
WRONG := $(shell $(LIST_SETTINGS) --unknown $(SETTINGS) $(if $(filter SYSTEM,$(SETTINGS)),--system '$(subst ','\'',$(SYSTEM))') --own $(OWN) || echo The settings of a run could not be listed.)
$(if $(WRONG),$(error $(WRONG)))
endif
given = $(if $(filter $(1),$(SETTINGS)),--variable '$(1):$(subst ','\'',$($(1)))')
VARIABLES = $(foreach name,$(SETTINGS),$(call given,$(name)))
OTHER_VARIABLES = $(foreach name,$(filter-out SYSTEM,$(SETTINGS)),$(call given,$(name)))
# What the skips of a run are held against, and its kill matrix runs on.
ON_SYSTEM = $(if $(filter SYSTEM,$(SETTINGS)),--system '$(SYSTEM)')
ON_STACK = $(if $(filter STACK,$(SETTINGS)),--stack $(STACK))
PABOT = $(BIN)/python -m syncproof.report.interruptible --processes $(PROCESSES)
# In the order of the manual's index: what a scenario is made of comes first.
SENTENCES := $(patsubst %,libraries/%Library.py,Devices Network Outcome)
LIBRARIES := $(SENTENCES) $(filter-out $(SENTENCES),$(wildcard libraries/*Library.py)) $(wildcard resources/*.resource)

.DEFAULT_GOAL := help
.PHONY: help acceptance seconds format suites products-quick systems test rerun bench docs lint units quick kill-matrix kill-matrix-all kill-matrix-full chaos containers containers-pass clean $(CATEGORIES)

help:
	@echo 'make acceptance    install and run all suites; results/latest/log.html'
	@echo 'make CATEGORY      one of: $(CATEGORIES)'
	@echo 'make rerun         run again what failed in results/latest (or RUN=), mark as flaky what then passes (still fails)'
	@echo 'make test          what CI runs: lint, tests, all suites quickly, the kill matrix'
	@echo 'make format        repair the form that make lint complains about'
	@echo 'make lint units quick containers kill-matrix    its parts'
	@echo 'make kill-matrix-all    every declared pair of scenario and defect, and not those alone that CI has time for'
	@echo 'make kill-matrix-full    every defect against every suite'
	@echo 'make suites SYSTEM=NAME    the suites on another product: $(notdir $(patsubst %/,%,$(dir $(wildcard libraries/syncproof_products/*/product.toml))))'
	@echo 'make systems       docs/systems.md from runs;  make seconds    suites/seconds.csv, the order of the suites, from runs'
	@echo 'make mutants       break the checkers in every small way: their tests must notice 90% (docs/mutants.md)'
	@echo 'make nightly       all that is too long for CI, into docs/nightly.md, in slices of SLICE_MINUTES=80'
	@echo 'make chaos         the scenarios of plan Z, ITERATIONS=50 times, each time with another seed; goes on where it was stopped'
	@echo 'make containers    a quick pass of the scenarios in containers (STACK=compose)'
	@echo 'make bench         measure, into docs/benchmarks.md;  make docs    docs/keywords/, docs/plan.md, docs/defects.md'
	@echo 'make clean         remove what runs have left'
	@echo 'Of make: ROBOT_OPTIONS="--include L-1.1" PROCESSES=$(PROCESSES) PYTHON=$(PYTHON).  Settings of a run, like TIME_SCALE=0.1:'
	@$(LIST_SETTINGS)

# -- installation

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and \
		f"Python 3.11 or newer is needed, and $(PYTHON) is {v[0]}.{v[1]}: say make ... PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# What the agents of all products are made of: their tests run too.
PRODUCT_REQUIREMENTS := $(wildcard libraries/syncproof_products/*/requirements.txt)
.venv/installed-dev: requirements.txt pyproject.toml $(PRODUCT_REQUIREMENTS) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e '.[dev,browser]' \
		$(addprefix -r ,$(PRODUCT_REQUIREMENTS))
	@touch .venv/installed $@

# -- suites

# The results of a person's run have a folder of their own, and `latest` leads to the newest: no run deletes another's.
NOW := $(shell date +%Y%m%d-%H%M%S)
RUN ?= $(RESULTS)/latest
kept = $(RESULTS)/$(NOW)-$(1)

# $(call run,FOLDER OF RESULTS,SUITES,MORE OPTIONS): says where the log is, ends as the run ended.
define run
	@mkdir -p $(1)
	@[ '$(dir $(1))' != '$(RESULTS)/' ] || ln -sfn $(notdir $(1)) $(RESULTS)/latest
	@status=0; $(PABOT) --outputdir $(1) $(3) $(VARIABLES) $(ROBOT_OPTIONS) $(2) || status=$$?; \
	[ ! -f $(1)/log.html ] || echo "Log: $(CURDIR)/$(1)/log.html"; $(GO_ON) exit $$status
endef

# $(call order,COLUMN OF suites/seconds.csv,FILE,MORE OPTIONS): the order for pabot; short suite files share a process.
order = @$(BIN)/python -m syncproof.report.ordering $(1) --processes $(PROCESSES) $(3) > $(2)

acceptance: GO_ON = echo "Go on with: source .venv/bin/activate, then robot suites/catchup";
acceptance: .venv/installed
	@mkdir -p $(TEST_RESULTS)
	$(call order,acceptance,$(TEST_RESULTS)/acceptance-order.txt)
	$(call run,$(call kept,$@),suites,--ordering $(TEST_RESULTS)/acceptance-order.txt)

# From the newest runs of `make quick` and `make acceptance`.
seconds: .venv/installed
	@for run in quick=$(TEST_RESULTS)/quick/output.xml acceptance=$(lastword $(sort $(wildcard $(RESULTS)/*-acceptance/output.xml))); do \
		[ ! -f "$${run#*=}" ] || $(BIN)/python -m syncproof.report.ordering "$${run%%=*}" --measured "$${run#*=}"; \
	done

$(CATEGORIES): .venv/installed
	$(call run,$(call kept,$@),suites/$@)

rerun: .venv/installed
	@$(BIN)/python -m syncproof.report.rerun $(VARIABLES) $(ROBOT_OPTIONS) $(RUN)

# -- products: the same suites against something else

# `make suites SYSTEM=nats`: the suites, the skips against their list, and the bugs that the suites have to catch. What
# the product needs is installed first. A name of libraries/syncproof_products, or the path of somebody's product.toml.
suites: .venv/installed
	@[ -n '$(filter SYSTEM,$(SETTINGS))' ] || { echo 'Name a product: make suites SYSTEM=NAME. There are: '$$($(BIN)/syncproof products --names); exit 2; }
	@$(BIN)/python -m syncproof.report.product_pass --results $(RESULTS) '$(SYSTEM)' -- $(OTHER_VARIABLES) $(ROBOT_OPTIONS)

# For CI, of each product what its manifest says: some scenarios, and the bugs that these have to catch.
PRODUCT_RESULTS := $(RESULTS)/test/products
products-quick: .venv/installed
	@rm -rf $(PRODUCT_RESULTS) && mkdir -p $(PRODUCT_RESULTS)
	@$(BIN)/python -m syncproof.report.product_pass --ci --results $(PRODUCT_RESULTS) -- $(OTHER_VARIABLES)

# -- tests of the project itself

TEST_RESULTS := $(RESULTS)/test

# Every step runs, so that one look shows all that is wrong; the sum is the last line. Tests are compiled beside lint:
# all processes of the units begin with that at the same time, and would do the same.
test: .venv/installed-dev
	@rm -rf $(TEST_RESULTS) && mkdir -p $(TEST_RESULTS)
	@$(BIN)/pytest --collect-only -qq -p no:cacheprovider > $(TEST_RESULTS)/collected.txt 2>&1 & \
	failed=''; for step in lint units quick containers products-quick kill-matrix; do \
		echo "== $$step"; $(MAKE) --no-print-directory --keep-going $$step || failed="$$failed --failed $$step"; \
	done; \
	status=0; $(BIN)/python -m syncproof.report.closing $$failed \
		$(TEST_RESULTS)/units.xml $(TEST_RESULTS)/quick/output.xml $(TEST_RESULTS)/kill-matrix/kills.xml \
		$$(ls $(TEST_RESULTS)/containers/skipped.xml 2>/dev/null || echo $(TEST_RESULTS)/containers/output.xml) \
		$$(ls $(PRODUCT_RESULTS)/*/*.xml 2>/dev/null) \
		> $(TEST_RESULTS)/closing.txt || status=$$?; \
	cat $(TEST_RESULTS)/closing.txt; exit $$status

LINTS := lint-style lint-types lint-floors lint-suites lint-sentences lint-keywords lint-workflows
.PHONY: $(LINTS)
# Two at a time: two of them take as long as all others together.
lint: .venv/installed-dev
	@$(MAKE) --no-print-directory --keep-going --jobs 2 --output-sync $(LINTS)
$(LINTS) format: .venv/installed-dev
REPAIR := { echo 'make format repairs that.'; exit 1; }

format:
	$(BIN)/ruff format
	$(BIN)/robocop format suites resources

lint-style:
	$(BIN)/ruff check
	$(BIN)/ruff format --check || $(REPAIR)

lint-types:
	$(BIN)/mypy

lint-floors:
	$(BIN)/lint-imports --no-logo

lint-suites:
	$(BIN)/robocop check suites resources
	$(BIN)/robocop format --check --no-overwrite suites resources || $(REPAIR)

lint-sentences:
	$(BIN)/robot --dryrun --output NONE --log NONE --report NONE --console quiet suites

lint-keywords:
	@$(BIN)/python -m syncproof.report.keyword_manual $(TEST_RESULTS)/keywords $(LIBRARIES)

lint-workflows:
	.ci/actionlint

# In the order of the tree: it begins with the files that wait longest, and not with those that have most tests. Most
# of their time tests wait, for programs and deadlines: two processors have work for more processes than there are.
# PROFILE=nightly tries all that CI tries in part.
units: .venv/installed-dev
	@export TMPDIR=$${TMPDIR:-$$(.ci/in-memory)}; [ -n "$$TMPDIR" ] || unset TMPDIR; \
	PROFILE=$(PROFILE) $(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder --junitxml $(TEST_RESULTS)/units.xml

# What all quick passes run with, and so whoever compares with them. Slack costs a green run nothing: so much lets one
# pass on a machine that is half as fast as usual, and lets it see nothing that is less than 40 seconds late. The kill
# matrix does (slack of 7 or 15 seconds, or what a scenario took), and so do `make acceptance` and `make suites`, with
# the slack that the product states.
QUICKLY := --variable TIME_SCALE:0.1 --variable SLACK:40

# So many have work for two processors: of more each is only slower, and more of them miss what they wait for.
quick: PROCESSES := 7
quick: .venv/installed
	@rm -rf $(TEST_RESULTS)/quick && mkdir -p $(TEST_RESULTS)
	$(call order,quick,$(TEST_RESULTS)/quick-order.txt)
	$(call run,$(TEST_RESULTS)/quick,suites,--ordering $(TEST_RESULTS)/quick-order.txt $(QUICKLY))
	@$(BIN)/python -m syncproof.report.skips $(ON_SYSTEM) $(ON_STACK) $(TEST_RESULTS)/quick/output.xml

# The quick pass on the compose stack, where it can work; elsewhere one line says why not, and counts as one skip.
CONTAINER_RESULTS := $(TEST_RESULTS)/containers
CONTAINER_SUITES ?=
containers: .venv/installed
	@rm -rf $(CONTAINER_RESULTS) && mkdir -p $(CONTAINER_RESULTS)
	@if why=$$(timeout 420 $(BIN)/python -m syncproof.systems.compose 2>&1); then \
		$(MAKE) --no-print-directory containers-pass; \
	else \
		echo "SKIPPED: nothing ran on the compose stack. $$(echo "$${why:-It was not ready within 420 s.}" | tail -n 1)"; \
		echo '<testsuite name="containers" tests="1" failures="0" errors="0" skipped="1"/>' > $(CONTAINER_RESULTS)/skipped.xml; \
	fi

# Containers cost more processor time than processes do.
containers-pass: PROCESSES := 3
# What there is time for; all that skips say could not run without containers is part of it. CONTAINER_SUITES=suites for
# every suite file.
containers-pass: DRAWN = $(BIN)/python -m syncproof.report.drawn \
	$(addprefix --skipped-in ,$(wildcard $(TEST_RESULTS)/quick/output.xml)) \
	$(addprefix suites/,$(shell .ci/categories compose quick | tr -d '[]",'))
# No robot process takes a quarter of this; one that hangs, with an engine that does, must not hold up everything.
containers-pass: PABOT += --processtimeout 400
containers-pass:
	@$(if $(CONTAINER_SUITES),find $(CONTAINER_SUITES) -name '*.robot' ! -name __init__.robot,$(DRAWN)) > $(CONTAINER_RESULTS)/files.txt
	$(call order,quick,$(CONTAINER_RESULTS)/order.txt,--only $(CONTAINER_RESULTS)/files.txt)
	$(call run,$(CONTAINER_RESULTS),suites,$$(sed 's/^/--parseinclude /' $(CONTAINER_RESULTS)/files.txt) \
		--ordering $(CONTAINER_RESULTS)/order.txt --variable STACK:compose $(QUICKLY))
	@$(BIN)/python -m syncproof.report.skips $(ON_SYSTEM) --stack compose $(CONTAINER_RESULTS)/output.xml

# The quick pass, where there was one, is the run without defects that the matrix compares with.
# `kill-matrix` runs what CI has time for, -all every declared pair, -full every scenario against every defect.
kill-matrix kill-matrix-all kill-matrix-full: .venv/installed-dev
	$(BIN)/python -m syncproof_defects.matrix $(patsubst kill-matrix-%,--%,$(filter-out kill-matrix,$@)) $(ON_SYSTEM) --results $(TEST_RESULTS)/kill-matrix $(QUICKLY) $(VARIABLES) \
		$(addprefix --baseline ,$(wildcard $(TEST_RESULTS)/quick/output.xml)) \
		$(addprefix --containers ,$(wildcard $(CONTAINER_RESULTS)/output.xml))

# Goes on where it was stopped. CHAOS_MINUTES= makes a slice of it; a SLACK or TIME_SCALE of its own goes before these.
ITERATIONS ?= 50
CHAOS_MINUTES ?= 1440
chaos: PROCESSES := 4
chaos: .venv/installed
	@$(BIN)/python -m syncproof.report.chaos --iterations $(ITERATIONS) --minutes $(CHAOS_MINUTES) --processes $(PROCESSES) \
		--results $(RESULTS)/chaos $(QUICKLY) $(VARIABLES) $(ROBOT_OPTIONS)

MUTANTS := $(TEST_RESULTS)/mutants
.PHONY: mutants
.venv/installed-mutants: .venv/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[mutants]'
	@touch $@

# Nightly: every checker broken in every small way, one at a time. mutmut works in a copy of the project.
mutants: .venv/installed-mutants
	@rm -rf $(MUTANTS) && mkdir -p $(MUTANTS)
	@cp -r libraries $(MUTANTS)/src && cp -r tests pyproject.toml $(MUTANTS)
	cd $(MUTANTS) && $(CURDIR)/$(BIN)/mutmut run --max-children $(TEST_PROCESSES) > mutmut.log 2>&1 || { tail -n 30 mutmut.log; exit 1; }
	@$(BIN)/python -m tests.mutation.score $(MUTANTS) > $(MUTANTS)/score.txt; status=$$?; cat $(MUTANTS)/score.txt; exit $$status

# Nightly: our Noise with the crate snow, in both roles; building that takes as long as all units of a small project.
PEER := $(TEST_RESULTS)/noise-peer
.PHONY: noise-peer
noise-peer: .venv/installed-dev
	@rm -f $(PEER).xml; mkdir -p $(TEST_RESULTS)
	@if why=$$(cargo build --quiet --manifest-path tests/contract/encryption/noise_peer/Cargo.toml --target-dir $(PEER) 2>&1); then \
		NOISE_PEER=$(PEER)/debug/noise-peer $(BIN)/pytest --junitxml $(PEER).xml tests/contract/encryption; \
	else \
		echo "SKIPPED: cargo did not build the peer. $$(echo "$$why" | tail -n 1)"; \
		echo '<testsuite name="noise-peer" tests="1" failures="0" errors="0" skipped="1"/>' > $(PEER).xml; \
	fi

# What is too long for CI, in slices: goes on where the last slice of this commit stopped. STEPS= names some of them.
SLICE_MINUTES ?= 80
STEPS ?=
.PHONY: nightly
nightly: .venv/installed-dev
	@$(BIN)/python -m syncproof.report.nightly --minutes $(SLICE_MINUTES) $(addprefix --step ,$(STEPS))

# -- the rest

bench: .venv/installed-dev
	$(BIN)/python bench --write docs/benchmarks.md

# From the newest runs of all; `make quick` and `make suites SYSTEM=...` make them.
systems: .venv/installed
	@$(BIN)/python -m syncproof.report.systems bundled=$(TEST_RESULTS)/quick/output.xml \
		$(foreach name,$(filter-out bundled,$(shell $(BIN)/syncproof products --names)),\
		$(addprefix $(name)=,$(lastword $(sort $(wildcard $(RESULTS)/*-$(name)/output.xml))))) \
		> $(RESULTS)/systems.md && mv $(RESULTS)/systems.md docs/systems.md

KEYWORD_DOCS := docs/keywords
docs: .venv/installed-dev
	@$(BIN)/python -m syncproof.report.keyword_manual $(KEYWORD_DOCS) $(LIBRARIES)
	@$(BIN)/python -m syncproof_defects.pages
	@$(BIN)/python -m syncproof.report.settings --write README.md docs/agents.md docs/case-study-matrix.md docs/found-in-the-wild.md

clean:
	find $(RESULTS) -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	rm -rf pabot_results pabot_manager.log .pabotsuitenames output.xml output.json log.html report.html history docs/keywords
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .robocop_cache
