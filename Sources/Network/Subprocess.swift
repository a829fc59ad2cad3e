internal import CLinux
internal import Glibc

/// A shell command that runs beside us, with all that it starts. Ended with the object.
public final class Subprocess {
    let pid: pid_t
    var status: Int32?
    var isReaped = false
    private let tail: OutputTail?

    /// What becomes of what a command prints.
    public enum Printing: Sendable {
        /// It goes nowhere.
        case nowhere
        /// It goes to our standard error.
        case loud
        /// Its end is kept, for `printed`.
        case kept
    }
    /// Starts `sh -c command` in a folder. What it prints goes where `printing` says; its standard output to the descriptor
    /// `output`, where one is given.
    public init(
        _ command: String, folder: String, printing: Printing = .nowhere, output: Int32? = nil
    ) throws(NetworkError) {
        // Reading and writing; -1: none.
        var ends: [Int32] = [-1, -1]
        if printing == .kept {
            guard pipe(&ends) == 0 else { throw NetworkError("start", command, Socket.error(errno)) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        defer { if ends[1] >= 0 { close(ends[1]) } }
        var pid: pid_t = 0
        let code = linux_spawn_shell(
            command, folder.isEmpty ? "." : folder, printing == .loud ? 2 : ends[1], output ?? -1, &pid)
        guard code == 0 else {
            if ends[0] >= 0 { close(ends[0]) }
            throw NetworkError("start", command, Socket.error(code))
        }
        self.pid = pid
        tail = ends[0] < 0 ? nil : OutputTail(ends[0])
    }
    /// The end of what it printed so far, at most 4 KiB; empty unless that is kept. Of one that has ended, all of it, unless
    /// what it started still holds its output after a moment.
    public var printed: String {
        guard let tail else { return "" }
        if exitStatus != nil { for _ in 0..<100 where !tail.isOver { usleep(2_000) } }
        return tail.text
    }
    deinit { stop() }

    /// Its exit status once it has ended (128 + the signal that ended it), nil while it runs.
    ///
    /// Looked at only: as long as nobody has reaped it, its number, which is also that of its group, stays its own, and
    /// `stop` cannot hit a stranger.
    public var exitStatus: Int32? {
        if status == nil {
            var code: Int32 = 0
            if linux_peek_exit(pid, &code) == 1 { status = code }
        }
        return status
    }
    /// Ends it and all that it started: asked first, killed after half a second.
    public func stop() {
        guard !isReaped else { return }
        if exitStatus == nil {
            kill(-pid, SIGTERM)
            for _ in 0..<50 where exitStatus == nil { usleep(10_000) }
        }
        kill(-pid, SIGKILL)
        var raw: Int32 = 0
        while waitpid(pid, &raw, 0) < 0, errno == EINTR {}
        if status == nil { status = linux_exit_status(raw) }
        isReaped = true
    }
}
