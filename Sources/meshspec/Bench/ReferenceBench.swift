import CLinux
import Glibc
import Nano
import Network
import Node
import RightMesh

extension Bench {
    /// What a capture holds, counted with all notes, against a program in C that walks the fields: whole processes.
    static let decodeStats = Bench(
        name: "decode stats", limit: "C reference, fields", goal: "at most 1.5", missing: Tool.cc.missing
    ) { against(reference: "fields", "stats") }
    /// Every message as JSON, against the JSON of that program.
    static let decodeJSON = Bench(
        name: "decode json", limit: "C reference, json", goal: "at most 2", missing: Tool.cc.missing
    ) { against(reference: "json", "decode -o json") }
    /// Against tshark with a dissector in Lua that takes all messages apart: its own knows the older ones only.
    static let decodeTsharkFields = Bench(
        name: "decode stats, tshark", limit: "tshark -T fields", goal: "at least 100", missing: Tool.tshark.missing
    ) { against(tshark: "-T fields -e nl.type", "stats") }
    /// The same for JSON of the one protocol.
    static let decodeTsharkJSON = Bench(
        name: "decode json, tshark", limit: "tshark -T json -j", goal: "at least 40", missing: Tool.tshark.missing
    ) { against(tshark: "-T json -j nanolua", "decode -o json") }
    /// The most memory that `decode` has at a time.
    static let decodeMemory = Bench(name: "decode memory, 200 MB", limit: "wanted", goal: "at most 1 (32 MiB)") {
        peak(megabytes: 200).map { Row(figure: $0, limit: 32, unit: "MiB") }
    }
    /// How much of that depends on the length of the capture.
    static let decodeMemoryGrowth = Bench(
        name: "decode memory, growth", limit: "wanted", goal: "at most 1 (4 MiB from 10 to 200 MB)"
    ) {
        guard let small = peak(megabytes: 10), let large = peak(megabytes: 200) else { return nil }
        return Row(figure: max(0, large - small), limit: 4, unit: "MiB")
    }

    /// The same for RMPX, whose messages may take several datagrams.
    static let decodeMeshStats = Bench(
        name: "decode rmpx stats", limit: "C reference, fields", goal: "at most 1.5", missing: Tool.cc.missing
    ) { mesh(reference: "fields", "stats") }
    /// Every datagram and every message as JSON, against the messages alone.
    static let decodeMeshJSON = Bench(
        name: "decode rmpx json", limit: "C reference, json", goal: "at most 2", missing: Tool.cc.missing
    ) { mesh(reference: "json", "decode -o json -Y 'not message == rightmesh.fragment'") }
    /// The most memory that `decode` has at a time, of RMPX.
    static let decodeMeshMemory = Bench(
        name: "decode rmpx memory, 200 MB", limit: "wanted", goal: "at most 1 (32 MiB)"
    ) {
        meshPeak(megabytes: 200).map { Row(figure: $0, limit: 32, unit: "MiB") }
    }
    /// How much of that depends on the length of the capture.
    static let decodeMeshMemoryGrowth = Bench(
        name: "decode rmpx memory, growth", limit: "wanted", goal: "at most 1 (4 MiB from 10 to 200 MB)"
    ) {
        guard let small = meshPeak(megabytes: 10), let large = meshPeak(megabytes: 200) else { return nil }
        return Row(figure: max(0, large - small), limit: 4, unit: "MiB")
    }

    private static func against(reference mode: String, _ command: String) -> Row? {
        guard let file = GeneratedCapture(megabytes: 200) else { return nil }
        return against("nano", mode, command, file.path, messages: file.messages) {
            file.read([.nano])?.messages == file.messages
        }
    }
    private static func mesh(reference mode: String, _ command: String) -> Row? {
        guard let file = GeneratedMesh(megabytes: 200) else { return nil }
        return against("rmpx", mode, command, file.path, messages: file.messages, isRead: file.isRead)
    }
    private static func against(
        _ name: String, _ mode: String, _ command: String, _ path: String, messages: Int, isRead: () -> Bool
    ) -> Row? {
        guard let reference = Tool.buildReference() else { return nil }
        defer { reference.remove() }
        let count = "'\(reference.program)' \(name) count '\(path)' 2>&1 | grep -q '\"messages\":\(messages),'"
        // A figure counts only when both found every message.
        guard run(count) != nil, isRead() else { return nil }
        var best = (mine: Double.infinity, limit: Double.infinity)
        // In turn, since a machine is not as fast now as it was.
        for _ in 0..<7 {
            guard let limit = run("exec '\(reference.program)' \(name) \(mode) '\(path)'"),
                let mine = run("exec '\(Files.program)' \(command) '\(path)'")
            else { return nil }
            best = (min(best.mine, mine), min(best.limit, limit))
        }
        return Row(figure: best.mine / 1e6, limit: best.limit / 1e6, unit: "ms")
    }
    /// Megabytes a second: of ours on a capture long enough to measure, of tshark on one that it is done with soon.
    private static func against(tshark options: String, _ command: String) -> Row? {
        guard let large = GeneratedCapture(megabytes: 64), let small = GeneratedCapture(megabytes: 8),
            let theirs = run(
                "exec tshark -n -X 'lua_script:\(Tool.dissector)' -o tcp.reassemble_out_of_order:TRUE "
                    + "-r '\(small.path)' \(options) 2>/dev/null"),
            let mine = (0..<5).compactMap({ _ in run("exec '\(Files.program)' \(command) '\(large.path)'") }).min()
        else { return nil }
        return Row(figure: 64_000 / (mine / 1e6), limit: 8_000 / (theirs / 1e6), unit: "MB/s")
    }
    /// Nanoseconds until a command of the shell ends; nil when it fails.
    static func run(_ command: String) -> Double? {
        let start = now
        guard let process = try? Subprocess(command, folder: ".") else { return nil }
        while process.exitStatus == nil { usleep(50) }
        return process.exitStatus == 0 ? now - start : nil
    }
    /// MiB that this process has at most while it writes a capture as JSON to nowhere.
    private static func peak(megabytes: Int) -> Double? {
        GeneratedCapture(megabytes: megabytes).flatMap { peak($0.path, .nano) }
    }
    private static func meshPeak(megabytes: Int) -> Double? {
        GeneratedMesh(megabytes: megabytes).flatMap { peak($0.path, .rightmesh) }
    }
    private static func peak(_ path: String, _ definition: Definition) -> Double? {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard nowhere >= 0 else { return nil }
        defer { close(nowhere) }
        // Room that was needed before would count here.
        linux_trim_heap()
        guard Memory.forgetPeak() else { return nil }
        var (output, diagnostics) = (Output(nowhere), Output(nil))
        var options = DecodeOptions(path: path, form: .json)
        options.threads = Command.usualThreads
        guard decode(options, definitions: [definition], output: &output, diagnostics: &diagnostics) == 0 else {
            return nil
        }
        return Memory.peak.map { Double($0) / Double(1 << 20) }
    }
}

/// Programs of others that rows are held against.
enum Tool: String {
    case cc
    case tshark

    /// Where the C reference of decoding stands in a checkout.
    static let source = "Tests/Interop/decode/ref.c"
    /// And that of cutting and rejoining.
    static let rejoinSource = "Tests/Interop/rightmesh/ref.c"
    /// And what UDP gives on one processor.
    static let echoSource = "Tests/Interop/rightmesh/echo.c"
    /// The dissector that tshark is given.
    static let dissector = "Tests/Interop/decode/nano.lua"

    /// Why rows that need it cannot be measured; nil when they can.
    var missing: @Sendable () -> String? {
        let name = rawValue
        return {
            let folders = getenv("PATH").map { String(cString: $0) } ?? ""
            guard folders.split(separator: ":").contains(where: { access("\($0)/\(name)", X_OK) == 0 }) else {
                return "there is no \(name) here"
            }
            let source = self == .cc ? Self.source : Self.dissector
            return access(source, R_OK) != 0 ? "there is no \(source) here" : nil
        }
    }
    /// A program in a folder of its own.
    struct Built {
        let folder: String
        var program: String { folder + "/ref" }
        func remove() {
            unlink(program)
            rmdir(folder)
        }
    }
    /// Nil when it does not compile.
    static func buildReference(_ source: String = source) -> Built? {
        guard let folder = Files.temporaryFolder() else { return nil }
        let built = Built(folder: folder)
        let command = "exec cc -O3 -march=native -w -o '\(built.program)' '\(source)'"
        guard let compiler = try? Subprocess(command, folder: ".") else { return nil }
        while compiler.exitStatus == nil { usleep(1000) }
        if compiler.exitStatus == 0 { return built }
        Console.error("meshspec bench: \(source) does not compile here")
        built.remove()
        return nil
    }
}
