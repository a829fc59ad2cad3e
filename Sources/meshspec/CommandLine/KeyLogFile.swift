import Glibc
import Node
import Report
import Synchronization

/// A reader of a key log on disk, which can also follow the file as it grows.
final class KeyLogFile: Sendable {
    private let descriptor: Int32
    private let log: Mutex<KeyLog>

    /// Opens the file now, because a capture gives up its privileges later. `grows`: the file is read as long as the
    /// program runs. In this case a symbolic link is not followed, because another user could have created it.
    init(_ path: String, grows: Bool = false) throws(CommandError) {
        descriptor = grows ? Files.openItself(path, O_RDONLY) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandError(
                .cannotRead, at: "--keylog: \(path)", "cannot read: \(Files.reason(errno))", status: ExitCode.usage)
        }
        log = Mutex(KeyLog(path))
    }
    deinit { close(descriptor) }
    /// Reads the lines that were added since the last call. `isWhole`: the file is complete, so that its last line may
    /// lack a line feed.
    func read(into secrets: Secrets, isWhole: Bool = false) {
        log.withLock { log in
            _ = Files.chunks(of: descriptor) { chunk in
                log.read(chunk, into: secrets)
                return true
            }
            if isWhole { log.finish(into: secrets) }
        }
    }
    /// Returns diagnostics about lines that are not secrets, and forgets them.
    func takeComplaints() -> [String] { log.withLock { $0.takeComplaints() } }
}

/// A writer of a key log during connections. Only the user who runs the program can read the file.
final class KeyLogWriter {
    let secrets = Secrets()
    private let descriptor: Int32
    private let path: String
    private var written = 0

    /// Opens a file to append to it, as programs with `SSLKEYLOGFILE` do. It does not follow a symbolic link, by which
    /// another user could redirect the keys.
    init(_ path: String) throws(CommandError) {
        self.path = path
        descriptor = Files.openItself(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        guard descriptor >= 0 else { throw CommandError.unwritten(path, Files.reason(errno)) }
    }
    deinit { close(descriptor) }
    /// Writes the secrets that became known since the last call. Each line is written in one piece.
    func write() throws(CommandError) {
        guard secrets.count > written else { return }
        for secret in secrets.all(behind: written) {
            let line = Array(secret.line.utf8)
            guard Glibc.write(descriptor, line, line.count) == line.count else {
                throw CommandError.unwritten(path, String(cString: strerror(errno)))
            }
            written += 1
        }
    }
}
