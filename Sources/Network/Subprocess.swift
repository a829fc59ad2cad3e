internal import CLinux
internal import Glibc

/// A shell command that runs beside us, with all that it starts. Ended with the object.
public final class Subprocess {
    let pid: pid_t
    var status: Int32?
    var isReaped = false

    /// Starts `sh -c command` in a folder. What it prints goes nowhere, or with `loud` to standard error; its standard output
    /// to the descriptor `output`, where one is given.
    public init(_ command: String, folder: String, loud: Bool = false, output: Int32? = nil) throws(NetworkError) {
        var pid: pid_t = 0
        let code = linux_spawn_shell(command, folder.isEmpty ? "." : folder, loud ? 1 : 0, output ?? -1, &pid)
        guard code == 0 else { throw NetworkError("start", command, Socket.error(code)) }
        self.pid = pid
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
