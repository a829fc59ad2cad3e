internal import CLinux
internal import Glibc

/// A shell command that runs beside us, with all that it starts. Ended with the object.
public final class Subprocess {
    let pid: pid_t
    var status: Int32?

    /// Starts `sh -c command` in a folder. What it prints goes nowhere, or with `loud` to standard error.
    public init(_ command: String, folder: String, loud: Bool = false) throws(NetworkError) {
        var pid: pid_t = 0
        let code = linux_spawn_shell(command, folder.isEmpty ? "." : folder, loud ? 1 : 0, &pid)
        guard code == 0 else { throw NetworkError("start", command, Socket.error(code)) }
        self.pid = pid
    }
    deinit { stop() }

    /// Its exit status once it has ended (128 + the signal that ended it), nil while it runs.
    public var exitStatus: Int32? {
        if status == nil {
            var raw: Int32 = 0
            if waitpid(pid, &raw, WNOHANG) == pid { status = linux_exit_status(raw) }
        }
        return status
    }
    /// Ends it and all that it started: asked first, killed after half a second.
    public func stop() {
        guard exitStatus == nil else {
            kill(-pid, SIGKILL)
            return
        }
        kill(-pid, SIGTERM)
        for _ in 0..<50 where exitStatus == nil { usleep(10_000) }
        kill(-pid, SIGKILL)
        if status == nil {
            var raw: Int32 = 0
            if waitpid(pid, &raw, 0) == pid { status = linux_exit_status(raw) }
        }
    }
}
