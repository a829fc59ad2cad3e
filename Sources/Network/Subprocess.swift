internal import CLinux
internal import Glibc

/// A shell command that runs beside us, with all that it starts. Ended with the object, and with us: a guard of its own
/// sees that we are gone, however we ended.
public final class Subprocess {
    /// The guard: our child, and the parent of the shell.
    private let guardian: pid_t
    /// The line to it: closed at this end, it ends everything.
    private let channel: Int32
    private var status: Int32?
    private var isReaped = false
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
    /// Starts `sh -c command` in a folder, with variables beside those of our own environment. It reads the descriptor
    /// `input`, where one is given, else nothing. What it prints goes where `printing` says; its standard output to the
    /// descriptor `output`, where one is given.
    public init(
        _ command: String, folder: String, variables: [String: String] = [:], printing: Printing = .nowhere,
        input: Int32? = nil, output: Int32? = nil
    ) throws(NetworkError) {
        // Reading and writing; -1: none.
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
    /// The end of what it printed so far, at most 4 KiB; empty unless that is kept. Of one that has ended, all of it,
    /// unless what it started still holds its output after a moment.
    public var printed: String {
        guard let tail else { return "" }
        if exitStatus != nil { for _ in 0..<100 where !tail.isOver { usleep(2_000) } }
        return tail.text
    }
    deinit {
        stop()
        close(channel)
    }

    /// Its exit status once it has ended (128 + the signal that ended it), nil while it runs.
    public var exitStatus: Int32? {
        if status == nil {
            var told: Int32 = 0
            let n = recv(channel, &told, MemoryLayout<Int32>.size, Int32(MSG_DONTWAIT))
            // A guard that is gone without a word was killed, and the shell with it.
            if n == MemoryLayout<Int32>.size { status = told } else if n == 0 { status = 128 + SIGKILL }
        }
        return status
    }
    /// Ends it and all that it started: asked first, killed after half a second.
    public func stop() {
        guard !isReaped else { return }
        shutdown(channel, Int32(SHUT_WR))
        while waitpid(guardian, nil, 0) < 0, errno == EINTR {}
        _ = exitStatus
        isReaped = true
    }
}
