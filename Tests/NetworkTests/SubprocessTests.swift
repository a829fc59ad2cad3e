import Glibc
import Network
import TestThreads
import Testing

@Suite(.waits) struct SubprocessTests {
    /// Waits for the end of the process; nil if it does not end within ten seconds.
    func end(_ p: Subprocess) -> Int32? {
        for _ in 0..<1000 {
            if let status = p.exitStatus { return status }
            usleep(10_000)
        }
        return nil
    }
    /// Calls `body` with a new empty folder, which is removed afterwards.
    func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/meshspec-test-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        let folder = String(cString: made)
        defer { remove(folder) }
        try body(folder)
    }
    func remove(_ folder: String) {
        if let p = try? Subprocess("rm -rf '\(folder)'", folder: "/") { _ = end(p) }
    }
    func text(_ path: String) -> String? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let n = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<n], as: UTF8.self)
    }

    @Test(arguments: [("exit 0", Int32(0)), ("exit 7", 7), ("kill -TERM $$", 143), ("no-such-command-at-all", 127)])
    func exitStatus(_ command: String, _ wanted: Int32) throws {
        let p = try Subprocess(command, folder: "/")
        #expect(end(p) == wanted)
        // The status does not change if the process is stopped afterwards.
        p.stop()
        #expect(p.exitStatus == wanted)
        p.stop()
    }
    @Test func runsInItsFolder() throws {
        try withFolder { folder in
            let p = try Subprocess("pwd >here", folder: folder)
            #expect(end(p) == 0)
            #expect(text(folder + "/here") == folder + "\n")
        }
    }
    @Test func noInput() throws {
        let p = try Subprocess("read line && exit 1; exit 3", folder: "")
        #expect(end(p) == 3)
    }
    /// Its two outputs are discarded, or both are written to our standard error.
    @Test func output() throws {
        for (printing, wanted) in [
            (Subprocess.Printing.nowhere, ["/dev/null", "/dev/null"]), (.loud, ["ours", "ours"]),
        ] {
            try withFolder { folder in
                let p = try Subprocess(
                    "a=$(readlink /proc/$$/fd/1); b=$(readlink /proc/$$/fd/2); echo $a >out; echo $b >err",
                    folder: folder, printing: printing)
                #expect(end(p) == 0)
                var ours = [CChar](repeating: 0, count: 4096)
                let n = readlink("/proc/self/fd/2", &ours, ours.count - 1)
                let stderr = String(decoding: ours[..<max(0, n)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
                for (file, place) in zip(["out", "err"], wanted) {
                    #expect(text(folder + "/" + file) == (place == "ours" ? stderr : place) + "\n")
                }
            }
        }
    }
    /// Keeps the beginning and the end of both outputs. A command that prints a lot does not wait for meshspec to read.
    @Test func kept() throws {
        let p = try Subprocess("echo one; echo two >&2; exit 3", folder: "/", printing: .kept)
        #expect(end(p) == 3 && p.printed == "one\ntwo\n")
        let much = try Subprocess(
            "echo begin; i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; echo end", folder: "/",
            printing: .kept)
        #expect(end(much) == 0)
        let parts = much.printed.split(separator: "\n...\n", omittingEmptySubsequences: false)
        #expect(parts.map(\.utf8.count) == [1024, 4096])
        #expect(much.printed.hasPrefix("begin\n0123456789\n") && much.printed.hasSuffix("0123456789\nend\n"))
        let silent = try Subprocess("echo one", folder: "/")
        #expect(end(silent) == 0 && silent.printed == "")
        // A child that keeps the output open after the end of the command does not delay it.
        let child = try Subprocess("echo one; sleep 60 & exit 0", folder: "/", printing: .kept)
        #expect(end(child) == 0 && child.printed == "one\n")
    }
    /// The process reads its input to the end. Without an input it reads nothing.
    @Test func input() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        // Processes that other tests start meanwhile do not keep them open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let p = try Subprocess("cat", folder: "/", printing: .kept, input: ends[0])
        close(ends[0])
        #expect(write(ends[1], "one\n", 4) == 4)
        close(ends[1])
        #expect(end(p) == 0 && p.printed == "one\n")
        let silent = try Subprocess("cat", folder: "/", printing: .kept)
        #expect(end(silent) == 0 && silent.printed == "")
    }
    /// Children of the command are killed with it, even if they ignore SIGTERM, and even if the shell has ended.
    @Test(arguments: ["wait", "exit 0"]) func childrenAreKilled(_ then: String) throws {
        try withFolder { folder in
            let p = try Subprocess(
                "(trap '' TERM; echo ready >up; while :; do sleep 0.05; done) & echo $! >child; \(then)", folder: folder
            )
            var child: pid_t?
            for _ in 0..<1000 where child == nil {
                usleep(10_000)
                guard text(folder + "/up") != nil else { continue }
                child = text(folder + "/child").flatMap { pid_t($0.dropLast()) }
            }
            let pid = try #require(child)
            #expect(kill(pid, 0) == 0)
            p.stop()
            // The process is dead, though its new parent may not have reaped it yet.
            for _ in 0..<500 where kill(pid, 0) == 0 && !isZombie(pid) { usleep(10_000) }
            #expect(kill(pid, 0) != 0 || isZombie(pid))
        }
    }
    func isZombie(_ pid: pid_t) -> Bool {
        guard let stat = text("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return true }
        return stat[end...].hasPrefix(") Z")
    }
    /// Signals that this process ignores or blocks still reach the command.
    @Test func signalsAreItsOwn() throws {
        let before = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, before) }
        let p = try Subprocess("kill -PIPE $$; exit 5", folder: "/")
        #expect(end(p) == 128 + SIGPIPE)
    }
    @Test func missingFolder() {
        let error = #expect(throws: NetworkError.self) { try Subprocess("exit 0", folder: "/no/such/folder") }
        #expect(error?.description == "cannot start exit 0: No such file or directory")
    }
}
