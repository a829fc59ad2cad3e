import Glibc
import Report

/// A writer of evidence bundles below one folder. A new bundle of a case replaces the older one. A lock ensures that
/// only one run writes at a time.
final class EvidenceFolder {
    let path: String
    /// True if leftovers of killed runs were removed.
    private var isTidy = false
    /// The time in seconds to wait for another run that writes a bundle.
    static let patience = 10.0

    init(path: String) { self.path = path }

    /// Writes a bundle. Returns the reason for a failure; then the older bundle stays, and the incomplete one is
    /// removed.
    func write(_ bundle: EvidenceBundle) -> String? {
        if Files.kind(path) == .none, let why = Files.makeFolder(path) { return "cannot write \(path): \(why)" }
        let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { return failure(path) }
        defer { close(lock) }
        guard Self.take(lock) else {
            return "cannot write \(path): another run has used it for \(Int(Self.patience)) s"
        }
        tidy()
        let place = path + "/" + bundle.folder
        // Do not remove a file or folder that another program has put there.
        guard !Files.exists(place) || Self.isBundle(place) else {
            return "cannot write \(place): it exists and is not an evidence bundle"
        }
        do throws(NewFile.Failure) {
            // Create it in the same folder, so that a rename can put it in place.
            let new = try NewFile.begin(beside: place) { mkdir($0, 0o755) }.name
            defer { Files.remove(new) }
            return fill(new, bundle) ?? exchange(new, place)
        } catch {
            return "cannot write \(path): \(error)"
        }
    }
    private func fill(_ new: String, _ bundle: EvidenceBundle) -> String? {
        for file in bundle.files {
            let to = new + "/" + file.path
            let problem =
                Files.makeFolder(Files.folder(of: to))
                ?? Files.writeNew(file.bytes(), to: to, isExecutable: file.isExecutable)
            if let why = problem { return "cannot write \(path)/\(bundle.folder)/\(file.path): \(why)" }
        }
        return nil
    }
    private func exchange(_ new: String, _ place: String) -> String? {
        let old = new + ".old"
        defer { Files.remove(old) }
        if Files.exists(place), rename(place, old) != 0 { return failure(place) }
        guard rename(new, place) != 0 else { return nil }
        let why = failure(place)
        _ = rename(old, place)
        return why
    }
    /// Locks the folder. On a file system without locks, a unique temporary name still protects each bundle until it is
    /// complete.
    private static func take(_ lock: Int32) -> Bool {
        for _ in 0..<Int(patience * 200) {
            if flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK && errno != EINTR { return true }
            usleep(5_000)
        }
        return false
    }
    /// Removes the leftovers of killed runs. The lock excludes other writers.
    private func tidy() {
        guard !isTidy else { return }
        isTidy = true
        for name in (try? Files.names(path, hidden: true)) ?? []
        where name.hasPrefix(".") && (name.hasSuffix(".new") || name.hasSuffix(".old")) {
            Files.remove(path + "/" + name)
        }
    }
    /// Returns true if a folder is a bundle, complete or not. Every bundle has the files in `EvidenceBundle.names`; a
    /// folder counts if it has most of them, or no other file.
    private static func isBundle(_ path: String) -> Bool {
        guard Files.kind(path) == .folder, let all = try? Files.names(path, hidden: true) else { return false }
        let own = all.filter { EvidenceBundle.names.contains($0) && Files.kind(path + "/" + $0) == .file }
        return own.count == all.count || own.count > EvidenceBundle.names.count / 2
    }
    private func failure(_ path: String) -> String { "cannot write \(path): \(String(cString: strerror(errno)))" }
}

extension Files {
    /// Creates a folder and its missing parent folders. Returns the reason for a failure.
    static func makeFolder(_ path: String) -> String? {
        if kind(path) == .folder { return nil }
        let parent = folder(of: path)
        if parent != path, kind(parent) == .none, let why = makeFolder(parent) { return why }
        if mkdir(path, 0o755) == 0 { return nil }
        let code = errno
        // Another run may have created it in the meantime.
        return kind(path) == .folder ? nil : String(cString: strerror(code))
    }
    /// Returns true if the path exists, even if it is a symbolic link without a target.
    static func exists(_ path: String) -> Bool {
        var s = stat()
        return lstat(path, &s) == 0
    }
    /// Removes a file, or a folder with its content. Symbolic links are removed, not followed.
    static func remove(_ path: String, depth: Int = 0) {
        var s = stat()
        guard depth < 64, lstat(path, &s) == 0 else { return }
        guard s.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in (try? names(path, hidden: true)) ?? [] { remove(path + "/" + name, depth: depth + 1) }
        rmdir(path)
    }
    /// Writes a new file. An existing file is an error. Returns the reason for a failure.
    static func writeNew(_ bytes: [UInt8], to path: String, isExecutable: Bool) -> String? {
        let fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isExecutable ? 0o755 : 0o644)
        guard fd >= 0 else { return String(cString: strerror(errno)) }
        let problem = Console.write(bytes, to: fd)
        // Some file systems report only now that the disk is full.
        let isClosed = close(fd) == 0
        let code = errno
        return problem ?? (isClosed ? nil : String(cString: strerror(code)))
    }
}
