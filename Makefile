# One command each: what a person and CI run. `make help` lists them.
# A setting of a run (`make help`) is passed on as a Robot Framework variable, ROBOT_OPTIONS= as they stand;
# PROCESSES= suite files run side by side; PYTHON= makes .venv. Any other name is refused.

PYTHON ?= python3
PROCESSES ?= 8
TEST_PROCESSES ?= 3
ROBOT_OPTIONS ?=

BIN := .venv/bin
# pabot starts `robot` from PATH.
export PATH := $(CURDIR)/$(BIN):$(PATH)
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
WRONG := $(shell $(LIST_SETTINGS) --unknown $(SETTINGS) --own $(OWN) || echo The settings of a run could not be listed.)
$(if $(WRONG),$(error $(WRONG)))
endif
given = $(if $(filter $(1),$(SETTINGS)),--variable '$(1):$(subst ','\'',$($(1)))')
VARIABLES = $(foreach name,$(SETTINGS),$(call given,$(name)))
# --no-pabotlib: no suite uses pabot's lock server, and it would take a port.
PABOT = $(BIN)/python -m syncproof.report.interruptible --processes $(PROCESSES) --no-pabotlib \
	--artifacts log,json,txt,svg,jsonl,notimestamps --artifactsinsubfolders
# In the order of the manual's index: what a scenario is made of comes first.
SENTENCES := $(patsubst %,libraries/%Library.py,Devices Network Outcome)
LIBRARIES := $(SENTENCES) $(filter-out $(SENTENCES),$(wildcard libraries/*Library.py)) $(wildcard resources/*.resource)

.DEFAULT_GOAL := help
.PHONY: help acceptance format matrix matrix-encrypted matrix-quick systems test rerun bench docs lint units quick kill-matrix kill-matrix-all kill-matrix-full containers containers-pass clean $(CATEGORIES)

help:
	@echo 'make acceptance    install and run all suites; results/log.html'
	@echo 'make CATEGORY      one of: $(CATEGORIES)'
	@echo 'make rerun         run again what failed, mark as flaky what then passes (still fails)'
	@echo 'make test          what CI runs: lint, tests, all suites quickly, the kill matrix'
	@echo 'make format        repair the form that make lint complains about'
	@echo 'make lint units quick containers kill-matrix    its parts'
	@echo 'make kill-matrix-all    every declared pair of scenario and defect, and not those alone that CI has time for'
	@echo 'make kill-matrix-full    every defect against every suite'
	@echo 'make matrix        the suites of products against a Synapse;  make systems    docs/systems.md from runs'
	@echo 'make matrix-encrypted    a second pass in end-to-end encrypted rooms: the server must not be able to read a word'
	@echo 'make mutants       break the checkers in every small way: their tests must notice 90% (docs/mutants.md)'
	@echo 'make nightly       all that is too long for CI, into docs/nightly.md, in slices of SLICE_MINUTES=80'
	@echo 'make containers    a quick pass of the scenarios in containers (STACK=compose)'
	@echo 'make bench         measure, into docs/benchmarks.md;  make docs    keyword documentation into docs/keywords/'
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

.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e '.[dev]'
	@touch $@

# -- suites

# $(call run,FOLDER OF RESULTS,SUITES,MORE OPTIONS): says where the log is, ends as the run ended.
define run
	@mkdir -p $(1)
	@find $(1) -mindepth 1 -maxdepth 1 $(foreach kept,README.md test nightly,! -name $(kept)) -exec rm -rf {} +
	@status=0; $(PABOT) --outputdir $(1) $(3) $(VARIABLES) $(ROBOT_OPTIONS) $(2) || status=$$?; \
	[ ! -f $(1)/log.html ] || echo "Log: $(CURDIR)/$(1)/log.html"; $(GO_ON) exit $$status
endef

acceptance: GO_ON = echo "Go on with: source .venv/bin/activate, then robot suites/catchup";
acceptance: .venv/installed
	$(call run,$(RESULTS),suites,--ordering suites/longest_first.txt)

$(CATEGORIES): .venv/installed
	$(call run,$(RESULTS),suites/$@)

rerun: .venv/installed
	@$(BIN)/python -m syncproof.report.rerun $(VARIABLES) $(ROBOT_OPTIONS) $(RESULTS)

# -- Matrix: the same suites against a Synapse of the run's own

MATRIX_RESULTS := $(RESULTS)/matrix
# The longest first: what `transport` waits for costs no processor time, and does not scale.
MATRIX_SUITES := $(addprefix suites/,transport attachment catchup conflict lifecycle resilience component/verification.robot)
matrix_robot = $(BIN)/robot --outputdir $(1) --variable SYSTEM:matrix $(VARIABLES) $(ROBOT_OPTIONS)
# $(call matrix_kills,SYSTEM,FOLDER OF RESULTS): with the variables that its suites had; of some tests, their pairs.
matrix_kills = $(BIN)/python -m syncproof_defects.matrix --system $(1) --processes 1 --baseline $(2)/output.xml \
	--results $(2)/kill-matrix --variable TIME_SCALE:1 $(VARIABLES) $(if $(ROBOT_OPTIONS),--selected,--all)

.venv/installed-matrix: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e '.[matrix]'
	@touch $@

# The suites, the skips against their list, and the bug that the suites have to catch.
# One homeserver serves a robot process, and its start costs more than a test: --chunk starts two, and no more. (A third
# would have to share two cores with them, and every message would take longer.)
matrix: PROCESSES := 2
# In containers Synapse comes with its image; what the defects are made of is among the tools of tests.
matrix: $(if $(and $(call given,STACK),$(filter compose,$(STACK))),.venv/installed-dev,.venv/installed-matrix)
	$(call run,$(MATRIX_RESULTS),$(MATRIX_SUITES),--chunk --variable SYSTEM:matrix)
	@$(BIN)/python -m syncproof.report.skips --system matrix $(if $(call given,STACK),--stack $(STACK)) $(MATRIX_RESULTS)/output.xml
	$(call matrix_kills,matrix,$(MATRIX_RESULTS))

# The second pass: the same suites, and nothing that devices say may be readable on the server.
ENCRYPTED_RESULTS := $(RESULTS)/matrix-encrypted
ENCRYPTED_SUITES ?= $(addprefix suites/,catchup attachment conflict component/verification.robot \
	lifecycle/restart_in_mid_sync.robot $(addprefix resilience/, \
	network_interruption.robot lost_replies.robot connection_flapping.robot relay_restart.robot rejoin.robot))
matrix-encrypted: PROCESSES := 2
matrix-encrypted: .venv/installed-matrix
	$(call run,$(ENCRYPTED_RESULTS),$(ENCRYPTED_SUITES),--chunk --variable SYSTEM:matrix-encrypted)
	@$(BIN)/python -m syncproof.report.skips --system matrix-encrypted $(ENCRYPTED_RESULTS)/output.xml
	$(call matrix_kills,matrix-encrypted,$(ENCRYPTED_RESULTS))

# L-0.1, L-1.1 and L-2.2 quickly, for CI, with the negative control (below a defect the deadline tells nothing, so that
# it need not be long), and L-0.1 once more in encrypted rooms. Where Synapse cannot be installed one line says so, and
# counts as one skip; in CI, where it can, as a failure.
MATRIX_QUICK := $(RESULTS)/test/matrix
MATRIX_RESULT_FILES = $(addprefix $(MATRIX_QUICK)/,output.xml kill-matrix/kills.xml encrypted/output.xml)
matrix-quick: .venv/installed
	@rm -rf $(MATRIX_QUICK) && mkdir -p $(MATRIX_QUICK)
	@if why=$$($(MAKE) --no-print-directory .venv/installed-matrix 2>&1); then \
		$(call matrix_robot,$(MATRIX_QUICK)) --variable TIME_SCALE:0.1 suites/catchup/normal_network.robot \
			suites/catchup/offline_from_the_start.robot suites/resilience/network_interruption.robot && \
		$(BIN)/python -m syncproof.report.skips --system matrix $(MATRIX_QUICK)/output.xml && \
		$(BIN)/python -m syncproof_defects.matrix --system matrix --defect trusts_sync_alone --baseline $(MATRIX_QUICK)/output.xml \
			--results $(MATRIX_QUICK)/kill-matrix --variable SLACK:10 $(VARIABLES) && \
		$(call matrix_robot,$(MATRIX_QUICK)/encrypted) --variable SYSTEM:matrix-encrypted --variable TIME_SCALE:0.1 \
			suites/catchup/normal_network.robot && \
		$(BIN)/python -m syncproof.report.skips --system matrix-encrypted $(MATRIX_QUICK)/encrypted/output.xml; \
	else \
		why="Nothing ran on Matrix, because Synapse cannot be installed here. $$(echo "$$why" | grep -i error | grep -v ^make | tail -n 1)"; \
		[ -z "$$CI" ] && word=skipped || word=failure; \
		echo "$$(echo $$word | tr a-z A-Z): $$why"; \
		echo "<testsuite name='matrix' tests='1' failures='$$([ $$word = skipped ]; echo $$?)' skipped='$$([ $$word = failure ]; echo $$?)'>" \
			"<testcase classname='matrix' name='Synapse is installed'><$$word/></testcase></testsuite>" > $(MATRIX_QUICK)/instead.xml; \
		[ $$word = skipped ]; \
	fi

# -- tests of the project itself

TEST_RESULTS := $(RESULTS)/test

# Every step runs, so that one look shows all that is wrong; the sum is the last line.
test: .venv/installed-dev
	@rm -rf $(TEST_RESULTS) && mkdir -p $(TEST_RESULTS)
	@failed=''; for step in lint units quick containers matrix-quick kill-matrix; do \
		echo "== $$step"; $(MAKE) --no-print-directory --keep-going $$step || failed="$$failed --failed $$step"; \
	done; \
	status=0; $(BIN)/python -m syncproof.report.closing $$failed \
		$(TEST_RESULTS)/units.xml $(TEST_RESULTS)/quick/output.xml $(TEST_RESULTS)/kill-matrix/kills.xml \
		$$(ls $(TEST_RESULTS)/containers/skipped.xml 2>/dev/null || echo $(TEST_RESULTS)/containers/output.xml) \
		$$(ls $(MATRIX_QUICK)/instead.xml 2>/dev/null || echo $(MATRIX_RESULT_FILES)) \
		> $(TEST_RESULTS)/closing.txt || status=$$?; \
	cat $(TEST_RESULTS)/closing.txt; exit $$status

LINTS := lint-style lint-types lint-floors lint-suites lint-sentences lint-keywords lint-workflows
.PHONY: $(LINTS)
lint: $(LINTS)
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

units: .venv/installed-dev
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile --junitxml $(TEST_RESULTS)/units.xml tests

# What all quick passes run with, and so whoever compares with them.
QUICKLY := --variable TIME_SCALE:0.1 --variable SLACK:15

quick: .venv/installed
	$(call run,$(TEST_RESULTS)/quick,suites,--ordering suites/longest_first.txt $(QUICKLY))
	@$(BIN)/python -m syncproof.report.skips $(TEST_RESULTS)/quick/output.xml

# The quick pass on the compose stack, where it can work; elsewhere one line says why not, and counts as one skip.
CONTAINER_RESULTS := $(TEST_RESULTS)/containers
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
# CONTAINER_SUITES=suites for the others as well: `make test` has not the time for all of them twice.
containers-pass: CONTAINER_SUITES ?= $(addprefix suites/,catchup lifecycle resilience transport)
# No suite file takes a tenth of this; one that hangs, with an engine that does, must not hold up everything.
containers-pass: PABOT += --processtimeout 400
containers-pass:
	$(call run,$(CONTAINER_RESULTS),$(CONTAINER_SUITES),--variable STACK:compose $(QUICKLY))
	@$(BIN)/python -m syncproof.report.skips --stack compose $(CONTAINER_RESULTS)/output.xml

# The quick pass, where there was one, is the run without defects that the matrix compares with.
# `kill-matrix` runs what CI has time for, -all every declared pair, -full every scenario against every defect.
kill-matrix kill-matrix-all kill-matrix-full: .venv/installed-dev
	$(BIN)/python -m syncproof_defects.matrix $(patsubst kill-matrix-%,--%,$(filter-out kill-matrix,$@)) --results $(TEST_RESULTS)/kill-matrix $(QUICKLY) $(VARIABLES) \
		$(addprefix --baseline ,$(wildcard $(TEST_RESULTS)/quick/output.xml)) \
		$(addprefix --containers ,$(wildcard $(CONTAINER_RESULTS)/output.xml))

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

# What is too long for CI, in slices: goes on where the last slice of this commit stopped. STEPS= names some of them.
SLICE_MINUTES ?= 80
.PHONY: nightly
nightly: .venv/installed-dev
	@$(BIN)/python -m syncproof.report.nightly --minutes $(SLICE_MINUTES) $(addprefix --step ,$(STEPS))

# -- the rest

bench: .venv/installed-dev
	$(BIN)/python bench --write docs/benchmarks.md

# From the newest runs of all; `make quick`, `make matrix` and `make matrix-encrypted` (with all suites) make them.
systems: .venv/installed
	@$(BIN)/python -m syncproof.report.systems bundled=$(TEST_RESULTS)/quick/output.xml matrix=$(MATRIX_RESULTS)/output.xml \
		$(addprefix matrix-encrypted=,$(wildcard $(ENCRYPTED_RESULTS)/output.xml)) \
		> $(RESULTS)/systems.md && mv $(RESULTS)/systems.md docs/systems.md

KEYWORD_DOCS := docs/keywords
docs: .venv/installed
	@$(BIN)/python -m syncproof.report.keyword_manual $(KEYWORD_DOCS) $(LIBRARIES)
	@$(BIN)/python -m syncproof.report.settings --write README.md docs/agents.md docs/case-study-matrix.md

clean:
	find $(RESULTS) -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	rm -rf pabot_results pabot_manager.log .pabotsuitenames output.xml output.json log.html report.html history docs/keywords
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .robocop_cache
