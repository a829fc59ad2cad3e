import Glibc
import Network
import Node

/// A program that listens.
struct Server {
    let port: UInt16
    let memory: Memory
    private let process: Subprocess

    /// Starts a program; nil if it does not listen. `command` returns the command for an address to listen on.
    init?(_ command: (Endpoint) -> String) {
        // The program replaces the shell, so it has the process id of the shell.
        var ends: [Int32] = [-1, -1]
        guard let at = try? SocketNetwork().listen(.loopback(0)).bound, pipe(&ends) == 0 else { return nil }
        defer { for end in ends { close(end) } }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var line = [UInt8](repeating: 0, count: 32)
        guard
            let process = try? Subprocess(
                "echo $$; exec \(command(at)) >/dev/null", folder: ".", output: ends[1]),
            case let count = read(ends[0], &line, line.count), count > 1,
            let driver = (try? SocketNetwork()).map({ Driver($0) }), Benchmark.waitUntilItListens(driver, at)
        else {
            Shell.complain("it does not listen: \(command(.loopback(0)))")
            return nil
        }
        self.process = process
        port = at.port
        memory = Memory(process: String(decoding: line[..<(count - 1)], as: UTF8.self))
    }
}
