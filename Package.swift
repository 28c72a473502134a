// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// What every target is compiled with.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The house settings for targets that may touch no pointer: the compiler then proves that they call no C.
let pure: [SwiftSetting] = house + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

/// The folders of shell scripts below a target's: `make scripts` makes the Swift beside them.
func scripts(of target: String) -> [String] {
    let folder = "\(Context.packageDirectory)/Sources/\(target)"
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix("Scripts") }.sorted()
}

let package = Package(
    name: "kvmctl",
    products: [.executable(name: "kvmctl", targets: ["kvmctl"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // The C libraries: a module map and a header each, no Swift.
        .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLibvirt", pkgConfig: "libvirt", providers: [.apt(["libvirt-dev"])]),
        .systemLibrary(name: "CLibssh", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibarchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),

        // What wraps them.
        .target(name: "Blocking", swiftSettings: house),
        .target(name: "Processes", dependencies: [subprocess], swiftSettings: house),
        .target(name: "Hashing", dependencies: ["CCrypto", "CCrypt"], swiftSettings: house),
        .target(name: "DiscImages", dependencies: ["CLibarchive"], swiftSettings: house),
        .target(name: "YAML", dependencies: ["CLibyaml"], swiftSettings: house),
        .target(name: "Libvirt", dependencies: ["CLibvirt", "Blocking"], swiftSettings: house),
        .target(
            name: "SSH", dependencies: ["Formats", "CLibssh", "Blocking"], exclude: scripts(of: "SSH"),
            swiftSettings: house),

        // What programs read: JSON, YAML and the words of a shell; pure.
        .target(name: "Formats", swiftSettings: pure),

        // What decides: pure.
        .target(name: "Spec", dependencies: ["Formats", "YAML"], swiftSettings: pure),
        .target(name: "Reconciler", dependencies: ["Spec", "Hashing", heap], swiftSettings: pure),

        // What acts.
        .target(
            name: "Fleet",
            dependencies: [
                "DiscImages", "Formats", "Reconciler", "Hashing", "Spec", "YAML", "Libvirt", "SSH", "Processes",
                subprocess,
            ],
            // Shell scripts of nodes and guests: `make scripts` makes the Swift beside them.
            exclude: scripts(of: "Fleet"),
            swiftSettings: house),
        // What instances are for: a folder for each kind, with all that belongs to it.
        .target(
            name: "Roles",
            dependencies: [
                "Blocking", "Fleet", "Formats", "Hashing", "Processes", "Reconciler", "SSH", "Spec", subprocess,
            ],
            exclude: scripts(of: "Roles"), swiftSettings: house),
        // What a run is: load, resolve, survey, plan, check, ask, execute, report.
        .target(
            name: "Engine",
            dependencies: [
                "Fleet", "Formats", "Hashing", "Processes", "Reconciler", "Roles", "SSH", "Spec", "YAML", subprocess,
            ],
            exclude: scripts(of: "Engine"), swiftSettings: house),
        .target(
            name: "Lab", dependencies: ["Formats", "Processes", subprocess], exclude: scripts(of: "Lab"),
            swiftSettings: house),
        .executableTarget(
            name: "kvmctl",
            dependencies: [
                "Blocking", "Engine", "Fleet", "Formats", "Reconciler", "Roles", "Spec", "YAML", "SSH", "Lab",
                "Processes",
                argumentParser,
            ],
            swiftSettings: house),

        // What tests of several targets share.
        .target(name: "TestNames", dependencies: ["Spec"], path: "Tests/TestNames", swiftSettings: house),
        .target(
            name: "TestRoles", dependencies: ["Reconciler", "Spec", "TestNames"], path: "Tests/TestRoles",
            swiftSettings: house),
        // Only tests can be built with it: it sees what is internal.
        .target(
            name: "TestTools", dependencies: ["Fleet", "SSH", "Spec"], path: "Tests/TestTools", swiftSettings: house),
        .target(name: "TestPrograms", path: "Tests/TestPrograms", swiftSettings: house),
        .target(name: "SeededRandomness", path: "Tests/SeededRandomness", swiftSettings: house),
        .target(
            name: "TestFleet", dependencies: ["Engine", "Fleet", "Reconciler", "Roles", "Spec"],
            path: "Tests/TestFleet",
            swiftSettings: house),
        .target(name: "TestSSH", dependencies: ["SSH"], path: "Tests/TestSSH", swiftSettings: house),
        .target(name: "TestDriver", dependencies: ["Libvirt"], path: "Tests/TestDriver", swiftSettings: house),

        .testTarget(
            name: "FormatsTests", dependencies: ["Formats", "SeededRandomness", "YAML", subprocess],
            swiftSettings: house),
        .target(
            name: "DriverContract", dependencies: ["Reconciler", "Roles", "Spec", "TestNames"],
            path: "Tests/DriverContract", swiftSettings: house),

        .testTarget(name: "YAMLTests", dependencies: ["YAML", "SeededRandomness"], swiftSettings: house),
        .testTarget(name: "LibvirtTests", dependencies: ["Libvirt", "Blocking", "TestDriver"], swiftSettings: house),
        .testTarget(name: "ProcessesTests", dependencies: ["Processes"], swiftSettings: house),
        .testTarget(
            name: "SSHTests",
            dependencies: ["Formats", "SSH", "SeededRandomness", "TestPrograms", "TestSSH", subprocess],
            swiftSettings: house),
        .testTarget(
            name: "SpecTests", dependencies: ["Spec", "Roles", "YAML", "SeededRandomness"], swiftSettings: house),
        .testTarget(
            name: "ReconcilerTests",
            dependencies: [
                "DriverContract", "Reconciler", "Roles", "Spec", "TestNames", "TestRoles", "TestTools", "YAML",
                "SeededRandomness",
            ],
            exclude: ["Golden"],
            swiftSettings: house),
        .testTarget(
            name: "FleetTests",
            dependencies: [
                "DiscImages", "DriverContract", "Formats", "Fleet", "Hashing", "Libvirt", "Reconciler", "Roles", "SSH",
                "SeededRandomness", "Spec", "TestDriver", "TestNames", "TestPrograms", "TestSSH", "TestTools", "YAML",
                subprocess,
            ],
            exclude: ["Golden"], swiftSettings: house),
        .testTarget(
            name: "RolesTests",
            dependencies: [
                "Engine", "Fleet", "Hashing", "Reconciler", "Roles", "SSH", "Spec", "TestNames", "TestPrograms",
                "TestSSH",
                "TestTools",
                "YAML", subprocess,
            ],
            exclude: ["Golden"], swiftSettings: house),
        // How planning grows with the fleet; `make bench` runs it.
        .executableTarget(
            name: "PlanBench", dependencies: ["Reconciler", "Roles", "Spec", "TestNames", "TestRoles"],
            path: "Tests/PlanBench", swiftSettings: house),
        .testTarget(name: "LabTests", dependencies: ["Lab"], swiftSettings: house),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "Engine", "Fleet", "Formats", "TestFleet", "TestPrograms", "Reconciler", "Roles", "Spec", "YAML",
            ],
            swiftSettings: house),
        .testTarget(
            name: "kvmctlTests",
            dependencies: [
                "kvmctl", "Blocking", "Engine", "Fleet", "Formats", "TestFleet", "TestPrograms", "Reconciler", "Roles",
                "Spec",
                "YAML",
            ],
            swiftSettings: house),
        .testTarget(
            name: "EndToEndTests", dependencies: ["Hashing", "SeededRandomness", subprocess], swiftSettings: house),
    ]
)
