import Glibc
import Network
import Testing

@testable import meshspec

/// What a target file starts ends with the harness, however that ends.
struct OrphanTests {
    /// Processes that have a word in their environment: a number of its own for each test.
    static func holders(_ word: String) throws -> [pid_t] {
        let p = try Shell.run("grep -lz '^ORPHAN=\(word)$' /proc/[0-9]*/environ 2>/dev/null; :")
        return p.lines.compactMap { pid_t($0.split(separator: "/")[1]) }
    }
    @Test(arguments: [
        "exec sleep 1000", "sleep 1000 & wait", "sh -c 'sleep 1000 & wait'", "setsid sleep 1000 & wait",
        "(setsid sh -c 'trap \"\" TERM; sleep 1000 & sleep 1001 & wait' &); sleep 1000",
    ])
    func killed(_ start: String) throws {
        let folder = try Folder()
        let word = "\(UInt64.random(in: 0...UInt64.max))"
        let target = try folder.write(
            "node.yaml",
            """
            meshspec-target: 1
            protocol: nano
            address: 127.0.0.1:{port}
            environment: {ORPHAN: "\(word)"}
            control:
              start: \(YAMLText.quoted(start))
            """)
        let harness = try Subprocess(
            "'\(Shell.products)/meshspec' run -t '\(target)' & echo $! >'\(folder.path)/pid'; wait",
            folder: Shell.package)
        for _ in 0..<3000 where try Self.holders(word).count < start.split(separator: "sleep").count - 1 {
            usleep(10_000)
        }
        let pid = try #require(pid_t(folder.text("pid").split(separator: "\n").first ?? ""))
        #expect(try !Self.holders(word).isEmpty)
        kill(pid, SIGKILL)
        var left = try Self.holders(word)
        for _ in 0..<300 where !left.isEmpty {
            usleep(20_000)
            left = try Self.holders(word)
        }
        #expect(left == [])
        _ = harness.exitStatus
    }
}
