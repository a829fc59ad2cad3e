internal import Glibc

/// Opens what packets are written to.
enum NewCapture {
    /// A descriptor of a file that is new or empty now, or of what is no file. `-` and the names of descriptors of ours
    /// are those. Links are not followed: others may put them where we write.
    static func open(_ path: String) throws(CaptureError) -> Int32 {
        let fd: Int32
        if let number = path == "-" ? 1 : DescriptorName.number(path) {
            fd = fcntl(number, F_DUPFD_CLOEXEC, 3)
        } else {
            fd = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0o644)
        }
        guard fd < 0 else { return fd }
        switch errno {
        case ELOOP: throw .cannotWrite(path, "it is a symbolic link, which is not followed")
        case EACCES, EPERM:
            let why = String(cString: strerror(errno))
            throw .cannotWrite(path, "\(why) for user \(Privileges.userName); --user chooses another")
        default: throw .cannotWrite(path, String(cString: strerror(errno)))
        }
    }
}

/// Paths that are other names of descriptors of this process.
public enum DescriptorName {
    /// The number of the descriptor; nil for all other paths.
    public static func number(_ path: String) -> Int32? {
        switch path {
        case "/dev/stdin": return 0
        case "/dev/stdout": return 1
        case "/dev/stderr": return 2
        default: break
        }
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            return Int32(path.dropFirst(folder.count))
        }
        return nil
    }
}
