// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors in our own targets; packages we depend on are not ours to
// hold to that, so the flag is set per target and not on the command line.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "jobraker",
    products: [
        .executable(name: "jobraker", targets: ["Appliance"]),
        .executable(name: "jobraker-bench-writes", targets: ["WritesBenchmark"]),
        .executable(name: "jobraker-bench-queue", targets: ["QueueBenchmark"]),
        .executable(name: "jobraker-bench-encoder", targets: ["EncoderBenchmark"]),
        .executable(name: "jobraker-bench-vectors", targets: ["VectorsBenchmark"]),
        .executable(name: "jobraker-socket-echo", targets: ["SocketEcho"]),
    ],
    dependencies: [
        // `traits: []` drops the full Foundation (and with it ICU: 44 MB) from Hummingbird.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries, one small target each: a module map and the shims that Swift cannot do without.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CCrypto", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "CBlas", linkerSettings: [.linkedLibrary("blas")]),
        .target(name: "CTOML"),
        .target(name: "CVecKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "CEncoderKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "CPlatform"),

        .target(name: "VecIndex", dependencies: ["CBlas", "CVecKernels"], swiftSettings: strict),
        .target(
            name: "TextEncoder", dependencies: ["CEncoderKernels"], path: "Sources/Appliance/TextEncoder", swiftSettings: strict),
        .target(
            name: "Platform",
            dependencies: [
                "CSQLite", "CCurl", "CCrypto", "CPlatform",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Appliance/Platform",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Appliance",
            dependencies: [
                "CTOML", "Platform", "TextEncoder", "VecIndex",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            exclude: ["Platform", "TextEncoder"],
            // One file stays one file: the pages are in the binary.
            resources: [.embedInCode("Boot/Site")],
            swiftSettings: strict,
            // The toolchain's own linker; nothing looks our symbols up by name, and code that is there twice is kept once.
            linkerSettings: [
                .unsafeFlags(
                    ["-use-ld=lld", "-Xlinker", "--gc-sections", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=safe"],
                    .when(configuration: .release))
            ]
        ),

        .target(
            name: "TestSupport",
            dependencies: [
                "CCrypto", "Platform",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "VecIndexTests", dependencies: ["VecIndex", "CBlas", "CVecKernels"], swiftSettings: strict),
        .testTarget(name: "TextEncoderTests", dependencies: ["TextEncoder", "CEncoderKernels", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "PlatformTests",
            dependencies: [
                "Platform", "TestSupport", "CSQLite",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ], swiftSettings: strict),
        .testTarget(
            name: "ApplianceTests", dependencies: ["Appliance", "Platform", "TextEncoder", "VecIndex", "TestSupport"], swiftSettings: strict
        ),

        // Built by `make bench` and `make bench-encoder` alone; no test run depends on them.
        .executableTarget(
            name: "EncoderBenchmark", dependencies: ["TextEncoder"], path: "Tests/Benchmarks/Encoder", swiftSettings: strict),
        .executableTarget(
            name: "WritesBenchmark",
            dependencies: [
                "CSQLite", "Platform",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Benchmarks/Writes",
            swiftSettings: strict
        ),
        // Built by `make bench-queue` alone.
        .executableTarget(
            name: "QueueBenchmark",
            dependencies: [
                "Platform",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Benchmarks/Queue",
            swiftSettings: strict
        ),
        // Built by `make bench-vectors` alone.
        .executableTarget(
            name: "VectorsBenchmark", dependencies: ["VecIndex"], path: "Tests/Benchmarks/vectors/Program", swiftSettings: strict),
        // Built by `make conformance-websocket` alone.
        .executableTarget(name: "SocketEcho", dependencies: ["Platform"], path: "Tests/Conformance/SocketEcho", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17,
    cxxLanguageStandard: .cxx17
)
