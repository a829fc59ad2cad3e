import Capture
import Glibc

/// A file that gets its name only when it is complete. Until then the content has a unique temporary name in the same
/// folder, and the older file stays. If two writers write the same file, the one that finishes last wins.
final class NewFile {
    /// An error of the system.
    struct Failure: Error, CustomStringConvertible {
        var code: Int32
        var description: String { Files.reason(code) }
    }
    private let path: String
    private let temporary: String
    /// The descriptor of the temporary file, for reading and writing.
    let descriptor: Int32
    private var isDone = false

    /// Creates the temporary file. It takes over the mode of an existing file. A symbolic link at the path is replaced
    /// and not followed.
    init(_ path: String, mode: mode_t = 0o644) throws(Failure) {
        self.path = path
        var mode = mode
        var old = stat()
        let isThere = lstat(path, &old) == 0
        if isThere, old.st_mode & S_IFMT == S_IFREG { mode = old.st_mode & 0o777 }
        if isThere, old.st_mode & S_IFMT == S_IFDIR { throw Failure(code: EISDIR) }
        (temporary, descriptor) = try Self.begin(beside: path) { name in
            open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        }
        if isThere { fchmod(descriptor, mode) }
    }
    /// Calls `make` with new hidden names beside a path until it succeeds. `make` returns a negative number on failure.
    static func begin(
        beside path: String, _ make: (String) -> Int32
    ) throws(Failure) -> (name: String, made: Int32) {
        let folder = Files.folder(of: path)
        let start = (folder == "/" ? "/" : folder + "/") + "." + Files.shortened(Files.name(of: path), to: 200)
        for _ in 0..<64 {
            let name = start + "." + String(UInt64.random(in: 0...UInt64.max), radix: 36) + ".new"
            let made = make(name)
            if made >= 0 { return (name, made) }
            guard errno == EEXIST else { throw Failure(code: errno) }
        }
        throw Failure(code: EEXIST)
    }
    deinit {
        close(descriptor)
        if !isDone { unlink(temporary) }
    }
    /// Gives the complete file its name. `syncs`: flushes it to the disk first.
    func finish(syncs: Bool = false) throws(Failure) {
        if syncs, fsync(descriptor) != 0 { throw Failure(code: errno) }
        guard rename(temporary, path) == 0 else { throw Failure(code: errno) }
        isDone = true
    }
}

extension Files {
    /// Opens a path that is not a regular file: standard output, a pipe or a device. These receive the output directly.
    /// Returns nil for a regular file.
    static func outlet(_ path: String) throws(NewFile.Failure) -> Int32? {
        if DescriptorName.number(path) == nil, kind(path) != .file || isRegular(path) { return nil }
        let descriptor = openItself(path, O_WRONLY | O_NOCTTY)
        guard descriptor >= 0 else { throw NewFile.Failure(code: errno) }
        return descriptor
    }
    /// Opens the file of this name. It does not follow a symbolic link, but fails with ELOOP. For the name of a
    /// descriptor of this process, such as `/dev/stdout`, it duplicates the descriptor.
    static func openItself(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32 {
        if let number = DescriptorName.number(path) { return fcntl(number, F_DUPFD_CLOEXEC, 3) }
        return open(path, flags | O_NOFOLLOW | O_CLOEXEC, mode)
    }
    /// Returns the text for an error code of `openItself` or another call.
    static func reason(_ code: Int32) -> String {
        code == ELOOP ? "it is a symbolic link, which is not followed" : String(cString: strerror(code))
    }
    /// Writes a file and creates its folder. The new file replaces an older one only when it is complete; a pipe or a
    /// device receives the bytes directly. Returns the reason for a failure. `syncs`: flushes the file to the disk
    /// before it replaces the older one.
    static func write(_ bytes: [UInt8], to path: String, syncs: Bool = false) -> String? {
        write(to: path, syncs: syncs) { output in output.append { $0 += bytes } }
    }
    /// Writes what `body` appends to a file, like the overload above. If `body` throws, an older file stays.
    static func write<E>(
        to path: String, syncs: Bool = false, _ body: (inout Output) throws(E) -> Void
    ) throws(E) -> String? {
        mkdir(folder(of: path), 0o755)
        let (fd, new): (Int32?, NewFile?)
        do throws(NewFile.Failure) {
            fd = try outlet(path)
            new = fd == nil ? try NewFile(path) : nil
        } catch {
            return "\(error)"
        }
        defer { if let fd { close(fd) } }
        guard let descriptor = fd ?? new?.descriptor else { return nil }
        var output = Output(descriptor)
        try body(&output)
        output.flush()
        if case .failed(let why)? = output.end { return why }
        do throws(NewFile.Failure) { try new?.finish(syncs: syncs) } catch { return "\(error)" }
        return nil
    }
    /// Returns a path without symbolic links; the path itself if the file does not exist.
    static func real(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
    /// Returns the longest prefix of a name that has at most this number of bytes and only whole characters.
    static func shortened(_ name: String, to bytes: Int) -> String {
        var out = Substring(name)
        while out.utf8.count > bytes { out.removeLast() }
        return String(out)
    }
}
