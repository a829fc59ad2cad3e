import Capture
import Glibc

/// A file on its way: written under a name that nobody else has, beside the one that it takes when it is whole. Until
/// then, and when it never comes to that, what has the name stays. Two that write one file do not meet: the last one
/// whole stays.
final class NewFile {
    /// What the system said.
    struct Failure: Error, CustomStringConvertible {
        var code: Int32
        var description: String { Files.reason(code) }
    }
    private let path: String
    private let temporary: String
    /// For reading and writing.
    let descriptor: Int32
    private var isDone = false

    /// Begins one. A file that it replaces gives it its mode; a link with its name is replaced and not followed.
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
    /// Makes something under a new hidden name beside a path, by `make`, which returns a negative number where it
    /// cannot.
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
    /// It is whole: it takes its name. `syncs`: no sooner than it is on the disk.
    func finish(syncs: Bool = false) throws(Failure) {
        if syncs, fsync(descriptor) != 0 { throw Failure(code: errno) }
        guard rename(temporary, path) == 0 else { throw Failure(code: errno) }
        isDone = true
    }
}

extension Files {
    /// A new descriptor of what has this name and is no file: standard output, a pipe, a device. These take what is
    /// written as it comes. Nil for a file.
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
    /// Writes a file whole: to a new one that then takes its name; to what is no file, as it is. Makes its folder. Nil,
    /// or what went wrong. `syncs`: it is on the disk before an older one is gone.
    static func write(_ bytes: [UInt8], to path: String, syncs: Bool = false) -> String? {
        write(to: path, syncs: syncs) { output in output.append { $0 += bytes } }
    }
    /// The same of what `body` writes. When that throws, an older file stays.
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
    /// A path without links in it, as far as there is such a file.
    static func real(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
    /// The beginning of a name, of at most so many bytes and whole characters.
    static func shortened(_ name: String, to bytes: Int) -> String {
        var out = Substring(name)
        while out.utf8.count > bytes { out.removeLast() }
        return String(out)
    }
}
