import CLinux
import Glibc

/// A tool that a row needs besides this program.
enum Tool: Sendable {
    /// The measured program: `meshspec` in the folder of this program, built with it.
    case meshspec
    /// A C compiler, for the references in `Tests/Interop`.
    case cc
    /// tshark, with the dissector in `Tests/Interop`.
    case tshark
    /// node, with Debian's package of `ws`.
    case node
    /// A C++ compiler with protobuf, for the reference in `Tests/Interop`.
    case protobuf
    /// Chromium, which opens pages without a window.
    case chromium
    /// Two processors.
    case processors

    /// The C reference of decoding, in a checkout.
    static let source = "Tests/Interop/decode/ref.c"
    /// The C reference of fragmenting and reassembling.
    static let reassemblySource = "Tests/Interop/rightmesh/ref.c"
    /// A UDP echo server.
    static let echoSource = "Tests/Interop/rightmesh/echo.c"
    /// The C reference of data channels, which has two files, and its libraries.
    static let channelSource = "Tests/Interop/webrtc/ref.c"
    static let channelLibraries = "Tests/Interop/webrtc/rtc.c -lusrsctp -lssl -lcrypto"
    /// The dissector for tshark.
    static let dissector = "Tests/Interop/decode/nano.lua"
    /// A reference in C++, and the files of its messages.
    struct Protobuf {
        var source: String
        var folder: String
        var files: String

        static let dxos = Self(
            source: "Tests/Interop/dxos/ref.cpp", folder: "Tests/Interop/dxos/proto", files: "rpc.proto signal.proto")
        static let gossipsub = Self(
            source: "Tests/Interop/gossipsub/ref.cpp", folder: "Tests/Interop/gossipsub/proto", files: "gossip.proto")
    }
    /// A server on node's package `ws`. `nodePackages` is the folder of this package.
    static let webSocketPeer = "Tests/Interop/websocket/peers/peer.js"
    static let nodePackages = "/usr/share/nodejs"
    /// A small PeerPigeon hub on the same package.
    static let hubPeer = "Tests/Interop/peerpigeon/relay.js"
    /// The path of the measured program.
    static let program: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let n = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer[..<max(0, n)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/meshspec"
    }()

    /// The reason why rows with this tool cannot be measured; nil if they can.
    var missing: String? {
        switch self {
        case .meshspec:
            access(Self.program, X_OK) == 0
                ? nil : "there is no \(Self.program): build it with `swift build -c release --product meshspec`"
        case .cc: Self.missing("cc", Self.source)
        case .tshark: Self.missing("tshark", Self.dissector)
        case .node:
            Self.missing("node", Self.webSocketPeer)
                ?? (access(Self.nodePackages + "/ws", R_OK) != 0 ? "there is no \(Self.nodePackages)/ws here" : nil)
        case .protobuf: Self.missing("protoc", Protobuf.dxos.source) ?? Self.missing("c++", Protobuf.gossipsub.source)
        case .chromium: Self.missing("chromium")
        case .processors: linux_processors() < 2 ? "there is one processor here" : nil
        }
    }
    private static func missing(_ name: String, _ file: String? = nil) -> String? {
        let folders = getenv("PATH").map { String(cString: $0) } ?? ""
        guard folders.split(separator: ":").contains(where: { access("\($0)/\(name)", X_OK) == 0 }) else {
            return "there is no \(name) here"
        }
        guard let file else { return nil }
        return access(file, R_OK) != 0 ? "there is no \(file) here" : nil
    }

    /// A compiled program in a folder of its own.
    struct Built {
        let folder: String
        var program: String { folder + "/ref" }
        func remove() {
            unlink(program)
            rmdir(folder)
        }
    }
    /// Compiles a C reference; nil if that failed. `more` are further files and libraries.
    static func buildReference(_ source: String = source, _ more: String = "") -> Built? {
        build(source) { "exec cc -O3 -march=native -w -o '\($0)/ref' '\(source)' \(more)" }
    }
    /// Compiles a C++ reference with its messages; nil if that failed.
    static func buildProtobufReference(_ reference: Protobuf) -> Built? {
        build(reference.source) { folder in
            """
            protoc -I \(reference.folder) --cpp_out='\(folder)' \(reference.files) &&
            c++ -O3 -march=native -w -I '\(folder)' -o '\(folder)/ref' \(reference.source) '\(folder)'/*.pb.cc -lprotobuf &&
            rm '\(folder)'/*.pb.*
            """
        }
    }
    /// Returns the path of the file or folder that `make` creates from a template; nil if it cannot.
    static func temporary(_ make: (UnsafeMutablePointer<CChar>) -> Bool) -> String? {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/meshspec-bench-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.map(make) ?? false }) else { return nil }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    private static func build(_ source: String, _ command: (String) -> String) -> Built? {
        guard let folder = temporary({ mkdtemp($0) != nil }) else { return nil }
        let built = Built(folder: folder)
        if Shell.run(command(folder)) != nil { return built }
        Shell.complain("\(source) does not compile here")
        built.remove()
        return nil
    }
}
