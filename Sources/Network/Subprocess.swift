internal import CLinux
internal import Glibc

/// A shell command that runs as a child, with all processes that it starts. It ends with this object and with this
/// process: a guard process detects the end of this process, whatever caused it.
public final class Subprocess {
    /// The guard, which is our child and the parent of the shell.
    private let guardian: pid_t
    /// The channel to the guard. The guard ends all processes when this end is closed.
    private let channel: Int32
    private var status: Int32?
    private var isReaped = false
    private let tail: OutputTail?

    /// The destination of a command's output.
    public enum Printing: Sendable {
        /// The output is discarded.
        case nowhere
        /// The output is written to our standard error.
        case loud
        /// The beginning and the end are kept, for `printed`.
        case kept
    }
    /// Starts `sh -c command` in a folder, with variables in addition to our own environment. The command reads from
    /// the descriptor `input`, or nothing if that is nil. Its output has the destination `printing`. Its standard
    /// output has the destination `output` if that is not nil.
    public init(
        _ command: String, folder: String, variables: [String: String] = [:], printing: Printing = .nowhere,
        input: Int32? = nil, output: Int32? = nil
    ) throws(NetworkError) {
        // The ends to read and to write; -1 for none.
        var ends: [Int32] = [-1, -1]
        if printing == .kept {
            guard pipe(&ends) == 0 else { throw NetworkError("start", command, Socket.error(errno)) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        defer { if ends[1] >= 0 { close(ends[1]) } }
        let words = variables.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") }
        defer { for w in words { free(w) } }
        let list = words.map { $0.map { UnsafePointer($0) } } + [nil]
        var pid: pid_t = 0
        var line: Int32 = -1
        let code = linux_spawn_shell(
            command, folder.isEmpty ? "." : folder, list, input ?? -1, printing == .loud ? 2 : ends[1], output ?? -1,
            &pid, &line)
        guard code == 0 else {
            if ends[0] >= 0 { close(ends[0]) }
            throw NetworkError("start", command, Socket.error(code))
        }
        guardian = pid
        channel = line
        tail = ends[0] < 0 ? nil : OutputTail(ends[0])
    }
    /// The kept output so far, which is its first 1 KiB and its last 4 KiB; empty unless output is kept.
    public var printed: String { tail?.text ?? "" }
    deinit {
        stop()
        close(channel)
    }

    /// The exit status after the end (128 plus the signal for a command ended by a signal); nil while it runs.
    public var exitStatus: Int32? {
        if status == nil {
            var told: Int32 = 0
            let n = recv(channel, &told, MemoryLayout<Int32>.size, Int32(MSG_DONTWAIT))
            // If the guard ended without a status, it was killed, and the shell with it.
            if n == MemoryLayout<Int32>.size { status = told } else if n == 0 { status = 128 + SIGKILL }
        }
        return status
    }
    /// Ends the command and all processes that it started, first with a request, after half a second by force.
    public func stop() {
        guard !isReaped else { return }
        shutdown(channel, Int32(SHUT_WR))
        while waitpid(guardian, nil, 0) < 0, errno == EINTR {}
        _ = exitStatus
        isReaped = true
    }
}
