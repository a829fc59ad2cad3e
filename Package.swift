// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let spans: [SwiftSetting] = strict + [.enableExperimentalFeature("Lifetimes")]
/// As in a release. File by file, a generic function of one file is not specialized in another, and each file is compiled
/// with what it needs of all others: that takes twice the time to build, and to run.
let wholeModule: [SwiftSetting] = [
    .unsafeFlags(
        ["-whole-module-optimization", "-num-threads", "2", "-disable-batch-mode"], .when(configuration: .debug))
]
/// Tests play whole suites. What they test is optimized for them as well, its assertions kept: they take a fifth of the time.
let optimized: [SwiftSetting] =
    [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))] + wholeModule

/// These modules run once for a command, and not once for a message. They are built for size: less code, made sooner.
let small: [SwiftSetting] = [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// That pass of Swift 6.3.1 asks for 32 GiB and ends where some messages are made and encoded in one function.
let noObjectOutliner: [SwiftSetting] = [.unsafeFlags(["-Xllvm", "-sil-disable-pass=object-outliner"])]

/// That pass copies the evaluation of a filter for each closure that it is given, and these for theirs: two thirds of the
/// module's code, and half of the time that it takes to build.
let noClosureSpecializer: [SwiftSetting] = [.unsafeFlags(["-Xllvm", "-sil-disable-pass=closure-specialize"])]

/// With Swift's libraries in it, a program starts sooner, counts references faster, and is one file to carry. It exports no
/// symbols, so the linker leaves out what is not used.
let linked: [LinkerSetting] = [
    .unsafeFlags(["-static-stdlib", "-Xlinker", "--no-export-dynamic"], .when(configuration: .release))
]

/// A module of `Sources/` with the modules below it, which are all that it may import. It has the files of the folders
/// `embedded` as constants of `PackageResources`.
func module(
    _ name: String, _ dependencies: [Target.Dependency], embedded: [String] = [], settings: [SwiftSetting] = optimized
) -> Target {
    .target(
        name: name, dependencies: dependencies, exclude: embedded, swiftSettings: spans + settings,
        plugins: embedded.isEmpty ? [] : ["EmbedFiles"])
}
/// The tests of one module, in `Tests/<module>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: spans)
}

/// What other packages may use; Spec/library.md says for what. The rest is the program's own.
let libraries = [
    "Wire", "Node", "Nano", "RightMesh", "WebSocket", "DXOS", "PeerPigeon", "Libp2p", "Gossipsub", "TLS", "Capture",
    "Network",
]

let package = Package(
    name: "meshspec",
    products: libraries.map { .library(name: $0, targets: [$0]) } + [
        .executable(name: "meshspec", targets: ["meshspec"]), .executable(name: "meshspec-bench", targets: ["Bench"]),
    ],
    targets: [
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .plugin(name: "EmbedFiles", capability: .buildTool(), path: "Sources/EmbedFiles"),
        .target(name: "CLinux"),
        // DTLS and SCTP of data channels: OpenSSL, and libusrsctp-dev.
        .target(
            name: "CWebRTC",
            linkerSettings: [.linkedLibrary("usrsctp"), .linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CBench", dependencies: ["CSodium"]),
        module("Wire", []),
        module("Crypto", ["CSodium", "COpenSSL", "CLinux"]),
        .target(
            name: "EmbeddedFiles", dependencies: ["CZlib", "Crypto"], swiftSettings: spans + optimized,
            plugins: ["EmbedFiles"]),
        module("Node", ["Wire"]),
        module("Nano", ["Wire", "Crypto", "Node"]),
        module("RightMesh", ["Wire", "Crypto", "Node"]),
        module("WebSocket", ["CZlib", "Wire", "Crypto", "Node"]),
        module("DXOS", ["WebSocket", "Wire", "Node"], settings: optimized + noObjectOutliner),
        module("PeerPigeon", ["WebSocket", "Wire", "Node"], settings: optimized + noObjectOutliner),
        module("Libp2p", ["Wire", "Crypto", "Node"], settings: optimized + noObjectOutliner),
        module("Kademlia", ["Libp2p", "Wire", "Crypto", "Node"], settings: optimized + noObjectOutliner),
        module("Gossipsub", ["Kademlia", "Libp2p", "Wire", "Crypto", "Node"], settings: optimized + noObjectOutliner),
        module("MDNS", ["Libp2p", "Wire", "Crypto", "Node"]),
        module("TLS", ["COpenSSL", "Wire", "Node"]),
        module("WebRTC", ["CWebRTC", "TLS", "Wire", "Crypto", "Node"], settings: optimized + noObjectOutliner),
        module("Network", ["CLinux", "Wire", "Node"]),
        module("Simulation", ["Wire", "Node", "Network"], settings: optimized + small),
        module(
            "Capture", ["CPcap", "CZlib", "CLinux", "Wire", "Node"], settings: optimized + noClosureSpecializer),
        module("Scenario", ["CYAML", "Wire", "Node", "Network"]),
        module("Mutation", ["Wire", "Node", "Scenario"], settings: optimized + small),
        module("Recording", ["Wire", "Node", "Capture", "Scenario"], settings: optimized + small),
        // Tests spend little time in these three, and in the two programs: to optimize those takes longer than it saves.
        module(
            "Text", ["Wire", "Crypto", "Node", "Scenario", "Capture"], embedded: ["Page/Embedded"],
            settings: wholeModule),
        module(
            "Records", ["Wire", "Crypto", "Node", "Scenario", "Capture", "Text"], embedded: ["CapturePage/Embedded"],
            settings: wholeModule),
        module(
            "Report", ["Wire", "Crypto", "Node", "Scenario", "Mutation", "Capture", "Recording", "Text"],
            embedded: ["HTML/Embedded"], settings: wholeModule),
        module(
            "Wireshark", ["Wire", "Node", "Capture", "Text"], embedded: ["Lua/Embedded"], settings: optimized + small),
        .executableTarget(
            name: "meshspec",
            dependencies: [
                "EmbeddedFiles", "CLinux", "Wire", "Node", "Nano", "RightMesh", "DXOS", "PeerPigeon",
                "Libp2p", "Gossipsub", "Kademlia", "MDNS", "TLS", "WebRTC", "WebSocket", "Network",
                "Capture",
                "Scenario", "Mutation", "Recording", "Text", "Records", "Report", "Simulation", "Wireshark",
            ],
            swiftSettings: spans + wholeModule + small,
            linkerSettings: linked),
        .executableTarget(
            name: "Bench",
            dependencies: [
                "CBench", "CLinux", "CPcap", "Wire", "Crypto", "Node", "Nano", "RightMesh", "WebSocket", "DXOS",
                "Libp2p", "Gossipsub", "Kademlia", "WebRTC", "Network",
                "Capture", "Scenario", "Report", "Simulation",
            ],
            swiftSettings: spans + wholeModule + noObjectOutliner,
            linkerSettings: linked),
        tests("Wire", ["TestMessages", "Wire"], exclude: ["Vectors"]),
        tests("Crypto", ["Crypto", "Wire"]),
        tests("Wireshark", ["Wireshark", "Wire"]),
        tests("Node", ["TestLayers", "Node", "Wire"]),
        .target(name: "TestLayers", dependencies: ["Node", "Wire"], path: "Tests/TestLayers", swiftSettings: spans),
        .target(name: "TestThreads", path: "Tests/TestThreads", swiftSettings: spans),
        .target(name: "TestReports", dependencies: ["Wire"], path: "Tests/TestReports", swiftSettings: spans),
        .target(name: "TestSamples", path: "Tests/TestSamples", swiftSettings: spans),
        .target(
            name: "TestMessages", dependencies: ["Wire"], path: "Tests/TestMessages", swiftSettings: spans + optimized),
        .target(
            name: "VectorFiles", dependencies: ["Scenario", "Wire"], path: "Tests/VectorFiles", swiftSettings: spans),
        tests("Nano", ["TestMessages", "VectorFiles", "Nano", "Node", "Wire", "Crypto"]),
        tests("RightMesh", ["TestMessages", "VectorFiles", "RightMesh", "Network", "Node", "Wire"]),
        tests("WebSocket", ["TestMessages", "VectorFiles", "WebSocket", "Node", "Wire", "Crypto"]),
        tests("DXOS", ["TestMessages", "VectorFiles", "DXOS", "Node", "Wire"]),
        tests(
            "PeerPigeon",
            [
                "TestMessages", "TestSamples", "VectorFiles", "PeerPigeon", "WebRTC", "WebSocket", "Network",
                "Simulation", "Node", "Wire",
            ]),
        tests("Libp2p", ["TestMessages", "VectorFiles", "Libp2p", "Crypto", "Node", "Wire"]),
        tests(
            "Gossipsub",
            ["TestMessages", "VectorFiles", "Gossipsub", "Kademlia", "Libp2p", "Crypto", "Node", "Wire"]),
        tests("Kademlia", ["TestMessages", "VectorFiles", "Kademlia", "Libp2p", "Crypto", "Node", "Wire"]),
        tests("MDNS", ["TestMessages", "VectorFiles", "MDNS", "Libp2p", "Network", "Capture", "Node", "Wire"]),
        tests("TLS", ["TestMessages", "COpenSSL", "TLS", "WebSocket", "Capture", "Node", "Wire"]),
        tests("WebRTC", ["TestMessages", "WebRTC", "TLS", "Capture", "Network", "Crypto", "Node", "Wire"]),
        tests("Network", ["TestThreads", "Network", "Node", "Nano", "Wire"]),
        tests("Simulation", ["Simulation", "RightMesh", "Network", "Node"]),
        tests(
            "Capture",
            [
                "TestLayers", "Capture", "Crypto", "Node", "Nano", "RightMesh", "WebSocket", "DXOS", "PeerPigeon",
                "Libp2p", "Gossipsub", "Kademlia", "MDNS", "TLS", "Wire",
            ]),
        tests("Mutation", ["TestLayers", "Mutation", "Scenario", "Node", "Wire"]),
        tests(
            "Scenario",
            [
                "TestLayers", "TestSamples", "TestThreads", "Scenario", "Node", "Nano", "WebSocket", "DXOS",
                "PeerPigeon", "WebRTC", "Network", "Wire",
            ]),
        tests(
            "Recording",
            [
                "TestLayers", "Records", "Recording", "Report", "Capture", "Scenario", "Node", "Nano", "RightMesh",
                "WebSocket", "DXOS", "PeerPigeon", "Network", "Wire",
            ],
            exclude: ["Golden"]),
        tests("Text", ["Text"]),
        tests("Records", ["TestReports", "Records", "Text", "Crypto", "Scenario", "Capture", "Node", "Nano", "Wire"]),
        tests(
            "Report",
            [
                "TestReports", "Report", "Text", "Crypto", "Scenario", "Mutation", "Capture", "Node", "Nano", "Wire",
            ],
            exclude: ["Formats/Golden"]),
        // As programs of others are compiled: without settings of ours.
        .testTarget(name: "ExampleTests", dependencies: libraries.map { .byName(name: $0) }),
        tests("Bench", ["Bench", "Gossipsub", "Report", "Scenario", "Nano"]),
        tests(
            "meshspec",
            [
                "TestSamples", "TestThreads", "EmbeddedFiles", "meshspec", "Bench", "Wire", "Node", "Nano", "RightMesh",
                "Network", "Capture", "Scenario", "Text", "Report",
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// Only for Tests/Fuzz/run, which builds it apart: it wants everything compiled for libFuzzer, and the program as a module.
if Context.environment["MESHSPEC_FUZZ"] != nil, let i = package.targets.firstIndex(where: { $0.name == "meshspec" }) {
    let main = ["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "meshspec_main"]
    package.products = []
    package.targets[i] = .target(
        name: "meshspec", dependencies: package.targets[i].dependencies, swiftSettings: spans + [.unsafeFlags(main)])
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "COpenSSL", "meshspec", "Capture", "Crypto", "DXOS", "Gossipsub", "Libp2p", "MDNS", "Nano", "Node",
                "PeerPigeon", "Recording",
                "Records", "Report", "Scenario", "TestLayers", "TLS", "WebRTC", "WebSocket", "Wire",
            ],
            path: "Tests/Fuzz",
            exclude: ["run", "README.md", "words.dict", "seeds.py"], swiftSettings: spans))
}
