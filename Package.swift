// swift-tools-version: 6.2
import PackageDescription

/// Builds the fuzzers: `.ci/fuzz` says how. They have a main program of their own, so that orgman's becomes a library.
let isFuzzing = Context.environment["ORGMAN_FUZZ"] == "1"
/// As one flag: of several the compiler follows the last.
let sanitizers = "-sanitize=fuzzer,address"
/// Warnings are errors where the build must stay clean; users' newer compilers may warn.
let strict = Context.environment["ORGMAN_STRICT"] == "1"
let swift: [SwiftSetting] =
  (strict ? [.treatAllWarnings(as: .error)] : []) + (isFuzzing ? [.unsafeFlags([sanitizers])] : [])
/// The tests mostly run the program itself and wait for it, which takes a third of the time if it is optimized.
let sources =
  swift
  + (strict || isFuzzing
    ? [.unsafeFlags(["-O"], .when(configuration: .debug))]
    : [])
let c: [CSetting] =
  [.define("_GNU_SOURCE")] + (strict ? [.treatAllWarnings(as: .error)] : [])

let orgmanDependencies: [Target.Dependency] = [
  "OrgCore", "OrgFileStore", .target(name: "OrgPostgresStore", condition: .when(traits: ["PostgreSQL"])),
  "OrgMigration", "OrgIntegrations", "OrgViewModel", "OrgRuntime", "OrgTerminal", "CLinux",
  .product(name: "ArgumentParser", package: "swift-argument-parser"),
  .product(name: "Logging", package: "swift-log"),
  .product(name: "SystemPackage", package: "swift-system"),
]
let orgman: Target =
  isFuzzing
  ? .target(
    name: "orgman", dependencies: orgmanDependencies,
    swiftSettings: sources + [
      .unsafeFlags(["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "orgman_main"])
    ])
  : .executableTarget(name: "orgman", dependencies: orgmanDependencies, swiftSettings: sources)
let fuzzers: [Target] =
  isFuzzing
  ? [
    .executableTarget(
      name: "orgman-fuzz", dependencies: ["orgman", "OrgCore", "OrgFileStore", "OrgTerminal"],
      path: "Tests/Fuzz", exclude: ["Corpus"], swiftSettings: sources + [.unsafeFlags(["-parse-as-library"])],
      // The usual linker can't report what is missing with the sanitizers.
      linkerSettings: [.unsafeFlags([sanitizers, "-use-ld=lld"])])
  ] : []

let package = Package(
  name: "orgman",
  products: (isFuzzing ? [] : [.executable(name: "orgman", targets: ["orgman"])]) + [
    .library(name: "OrgCore", targets: ["OrgCore"]),
    .library(name: "OrgFileStore", targets: ["OrgFileStore"]),
    .library(name: "OrgPostgresStore", targets: ["OrgPostgresStore"]),
    .library(name: "OrgStoreTesting", targets: ["OrgStoreTesting"]),
  ],
  traits: [
    .default(enabledTraits: ["PostgreSQL"]),
    .trait(name: "PostgreSQL", description: "Data in a PostgreSQL database. Building it takes libpq-dev."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .target(
      name: "OrgCore",
      dependencies: [
        .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: sources),
    .target(name: "OrgStoreTesting", dependencies: ["OrgCore"], swiftSettings: swift),
    .target(name: "CLinux", cSettings: c),
    .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .target(
      name: "OrgFileStore",
      dependencies: [
        "OrgCore", "CLinux", "CCrypto", "CSQLite", "CZstd",
        .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: sources),
    .target(name: "CPostgres", cSettings: c),
    .target(name: "OrgPostgresStore", dependencies: ["OrgCore", "CPostgres"], swiftSettings: sources),
    .target(
      name: "OrgMigration",
      dependencies: [
        "OrgCore", "OrgFileStore", "CCrypto",
        .target(name: "OrgPostgresStore", condition: .when(traits: ["PostgreSQL"])),
      ],
      swiftSettings: sources),
    .target(name: "CCurl", cSettings: c),
    .target(name: "CLDAP", cSettings: c),
    .target(
      name: "OrgIntegrations",
      dependencies: [
        "OrgCore", "CCurl", "CLDAP", "CCrypto",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: sources),
    .target(name: "OrgViewModel", dependencies: ["OrgCore"], swiftSettings: sources),
    .target(name: "OrgRuntime", dependencies: ["OrgCore", "OrgViewModel"], swiftSettings: sources),
    .target(name: "CNcurses", cSettings: c, linkerSettings: [.linkedLibrary("ncursesw")]),
    .target(
      name: "OrgTerminal", dependencies: ["OrgViewModel", "CNcurses", "CLinux"],
      swiftSettings: sources),
    orgman,
    .executableTarget(
      name: "orgman-bench",
      dependencies: [
        // The program that it measures is built with it.
        "orgman", "OrgCore", "OrgFileStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swift),
    .executableTarget(
      name: "orgman-examples",
      dependencies: [
        "OrgCore", "OrgFileStore", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swift),
    .systemLibrary(name: "CVTerm", path: "Tests/CVTerm", providers: [.apt(["libvterm-dev"])]),
    .target(
      name: "TerminalTesting", dependencies: ["CVTerm"], path: "Tests/TerminalTesting", swiftSettings: swift),
    .testTarget(name: "TerminalTestingTests", dependencies: ["TerminalTesting"], swiftSettings: swift),
    .target(
      name: "PostgresTesting", dependencies: ["TerminalTesting"], path: "Tests/PostgresTesting",
      swiftSettings: swift),
    .testTarget(
      name: "PostgresTestingTests", dependencies: ["PostgresTesting", "TerminalTesting"], swiftSettings: swift
    ),
    .testTarget(
      name: "OrgCoreTests", dependencies: ["OrgCore", "OrgStoreTesting"], swiftSettings: swift),
    // A process for tests to kill.
    .executableTarget(
      name: "store-worker", dependencies: ["OrgCore", "OrgFileStore"], path: "Tests/StoreWorker",
      swiftSettings: sources),
    .testTarget(
      name: "OrgFileStoreTests",
      dependencies: ["OrgFileStore", "OrgStoreTesting", "store-worker", "TerminalTesting"],
      exclude: ["Fixtures"], swiftSettings: swift),
    .testTarget(
      name: "OrgPostgresStoreTests",
      dependencies: ["OrgPostgresStore", "OrgStoreTesting", "PostgresTesting", "TerminalTesting", "orgman"],
      swiftSettings: swift),
    .testTarget(
      name: "OrgMigrationTests",
      dependencies: [
        "OrgMigration", "OrgFileStore", "OrgPostgresStore", "PostgresTesting", "TerminalTesting", "orgman",
      ],
      swiftSettings: swift),
    .target(
      name: "BillingTesting", dependencies: ["TerminalTesting"], path: "Tests/BillingTesting",
      swiftSettings: swift),
    .target(
      name: "DirectoryTesting", dependencies: ["TerminalTesting"], path: "Tests/DirectoryTesting",
      swiftSettings: swift),
    .testTarget(
      name: "OrgIntegrationsTests",
      dependencies: ["OrgIntegrations", "BillingTesting", "DirectoryTesting", "TerminalTesting"],
      swiftSettings: swift),
    .testTarget(
      name: "OrgViewModelTests", dependencies: ["OrgViewModel", "OrgRuntime"], swiftSettings: swift),
    .testTarget(name: "OrgRuntimeTests", dependencies: ["OrgRuntime"], swiftSettings: swift),
    .testTarget(
      name: "OrgTerminalTests", dependencies: ["OrgTerminal", "TerminalTesting"], swiftSettings: swift),
    .testTarget(
      name: "ExamplesTests", dependencies: ["orgman-examples", "TerminalTesting"], swiftSettings: swift),
    .testTarget(
      name: "orgman-benchTests", dependencies: ["orgman-bench", "OrgFileStore", "TerminalTesting"],
      swiftSettings: swift),
    .testTarget(
      name: "orgmanTests",
      dependencies: [
        "orgman", "orgman-examples", "OrgFileStore", "BillingTesting", "DirectoryTesting", "PostgresTesting",
        "TerminalTesting",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swift),
  ] + fuzzers,
  swiftLanguageModes: [.v6]
)
