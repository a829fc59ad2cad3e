import Nano
import Node
import RightMesh

extension Benchmark {
    /// The statistics of a capture with all notes, compared with a C program that reads the fields. Both are whole
    /// processes.
    static let decodeStats = Benchmark(
        name: "decode stats", limit: "C reference, fields", goal: "at most 1.5", needs: [.meshspec, .cc]
    ) { against(reference: "fields", "stats") }
    /// Every message as JSON, compared with the JSON of the C program.
    static let decodeJSON = Benchmark(
        name: "decode json", limit: "C reference, json", goal: "at most 2", needs: [.meshspec, .cc]
    ) { against(reference: "json", "decode -o json") }
    /// The statistics compared with tshark and a Lua dissector that decodes all messages, because tshark's own
    /// dissector knows only the older ones.
    static let decodeTsharkFields = Benchmark(
        name: "decode stats, tshark", limit: "tshark -T fields", goal: "at least 100", needs: [.meshspec, .tshark]
    ) { against(tshark: "-T fields -e nl.type", "stats") }
    /// The JSON compared with tshark's JSON of this protocol alone.
    static let decodeTsharkJSON = Benchmark(
        name: "decode json, tshark", limit: "tshark -T json -j", goal: "at least 40", needs: [.meshspec, .tshark]
    ) { against(tshark: "-T json -j nanolua", "decode -o json") }
    /// The maximum memory of `decode`.
    static let decodeMemory = Benchmark(
        name: "decode memory, 200 MB", limit: "wanted", goal: "at most 1 (32 MiB)", needs: [.meshspec]
    ) {
        peak(megabytes: 200).map { Row(figure: $0, limit: 32, unit: "MiB") }
    }
    /// The part of this memory that depends on the length of the capture.
    static let decodeMemoryGrowth = Benchmark(
        name: "decode memory, growth", limit: "wanted", goal: "at most 1 (4 MiB from 10 to 200 MB)", needs: [.meshspec]
    ) {
        guard let small = peak(megabytes: 10), let large = peak(megabytes: 200) else { return nil }
        return Row(figure: max(0, large - small), limit: 4, unit: "MiB")
    }

    /// The statistics of RMPX, whose messages may take several datagrams.
    static let decodeMeshStats = Benchmark(
        name: "decode rmpx stats", limit: "C reference, fields", goal: "at most 1.5", needs: [.meshspec, .cc]
    ) { mesh(reference: "fields", "stats") }
    /// Every datagram and every message as JSON, compared with the messages alone.
    static let decodeMeshJSON = Benchmark(
        name: "decode rmpx json", limit: "C reference, json", goal: "at most 2", needs: [.meshspec, .cc]
    ) { mesh(reference: "json", "decode -o json -Y 'not message == rightmesh.fragment'") }
    /// The maximum memory of `decode` for RMPX.
    static let decodeMeshMemory = Benchmark(
        name: "decode rmpx memory, 200 MB", limit: "wanted", goal: "at most 1 (32 MiB)", needs: [.meshspec]
    ) {
        meshPeak(megabytes: 200).map { Row(figure: $0, limit: 32, unit: "MiB") }
    }
    /// The part of this memory that depends on the length of the capture.
    static let decodeMeshMemoryGrowth = Benchmark(
        name: "decode rmpx memory, growth", limit: "wanted", goal: "at most 1 (4 MiB from 10 to 200 MB)",
        needs: [.meshspec]
    ) {
        guard let small = meshPeak(megabytes: 10), let large = meshPeak(megabytes: 200) else { return nil }
        return Row(figure: max(0, large - small), limit: 4, unit: "MiB")
    }

    private static func against(reference mode: String, _ command: String) -> Row? {
        guard let file = GeneratedCapture(megabytes: 200) else { return nil }
        return against("nano", mode: mode, command, at: file.path, messages: file.messages) {
            file.read([.nano])?.messages == file.messages
        }
    }
    private static func mesh(reference mode: String, _ command: String) -> Row? {
        guard let file = GeneratedMesh(megabytes: 200) else { return nil }
        return against("rmpx", mode: mode, command, at: file.path, messages: file.messages, isRead: file.isRead)
    }
    private static func against(
        _ name: String, mode: String, _ command: String, at path: String, messages: Int, isRead: () -> Bool
    ) -> Row? {
        guard let reference = Tool.buildReference() else { return nil }
        defer { reference.remove() }
        let count = "'\(reference.program)' \(name) count '\(path)' 2>&1 | grep -q '\"messages\":\(messages),'"
        // A figure counts only if both found every message.
        guard Shell.run(count) != nil, isRead() else { return nil }
        var best = (mine: Double.infinity, limit: Double.infinity)
        // The runs alternate, because the speed of a machine varies over time.
        for _ in 0..<7 {
            guard let limit = Shell.run("exec '\(reference.program)' \(name) \(mode) '\(path)'"),
                let mine = Shell.run("exec '\(Tool.program)' \(command) '\(path)'")
            else { return nil }
            best = (min(best.mine, mine), min(best.limit, limit))
        }
        return Row(figure: best.mine / 1e6, limit: best.limit / 1e6, unit: "ms")
    }
    private static func against(tshark options: String, _ command: String) -> Row? {
        guard let large = GeneratedCapture(megabytes: 64), let small = GeneratedCapture(megabytes: 8) else {
            return nil
        }
        return against(
            tshark: "-X 'lua_script:\(Tool.dissector)' " + options, command, large: large.path, small: small.path)
    }
    /// Returns megabytes per second. Our program reads a capture of 64 MB, which is long enough to measure. tshark
    /// reads 8 MB, which it finishes soon.
    static func against(tshark options: String, _ command: String, large: String, small: String) -> Row? {
        guard
            let theirs = Shell.run(
                "exec tshark -n -o tcp.reassemble_out_of_order:TRUE -r '\(small)' \(options) 2>/dev/null"),
            let mine = (0..<5).compactMap({ _ in Shell.run("exec '\(Tool.program)' \(command) '\(large)'") }).min()
        else { return nil }
        return Row(figure: 64_000 / (mine / 1e6), limit: 8_000 / (theirs / 1e6), unit: "MB/s")
    }
    /// Returns the maximum memory in MiB while the program writes a capture as JSON.
    static func peak(_ path: String) -> Double? {
        Memory.peak(["decode", "-o", "json", path]).map { Double($0) / Double(1 << 20) }
    }
    private static func peak(megabytes: Int) -> Double? {
        GeneratedCapture(megabytes: megabytes).flatMap { peak($0.path) }
    }
    private static func meshPeak(megabytes: Int) -> Double? {
        GeneratedMesh(megabytes: megabytes).flatMap { peak($0.path) }
    }
}
