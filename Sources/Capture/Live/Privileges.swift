internal import CLinux
internal import Glibc

/// The rights of this process, and how to give them up.
public enum Privileges {
    /// True if this process has the rights of root.
    public static var isRoot: Bool { geteuid() == 0 }

    /// The name of the user of this process, or the user's number if it has no name.
    public static var userName: String {
        getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
    }
    /// Gives up the rights that were needed to open a device. The process becomes `user`, or else the user who called
    /// sudo, or else the owner of `folder`, where files will be written, or else `nobody`. It loses all capabilities in
    /// any case, so that even root has only the rights of an owner of files. Returns the new user's id.
    @discardableResult
    public static func drop(user: String? = nil, folder: String? = nil) throws(CaptureError) -> UInt32 {
        let wanted = try target(user, folder)
        if isRoot, wanted.user != 0 {
            guard setgroups(0, nil) == 0, setgid(wanted.group) == 0, setuid(wanted.user) == 0 else {
                throw .cannotDropPrivileges(String(cString: strerror(errno)))
            }
        }
        guard linux_drop_capabilities() == 0 else {
            throw .cannotDropPrivileges(String(cString: strerror(errno)))
        }
        return getuid()
    }
    private static func target(_ name: String?, _ folder: String?) throws(CaptureError) -> (user: uid_t, group: gid_t) {
        if let name {
            guard let entry = getpwnam(name) else { throw .cannotDropPrivileges("there is no user \(name)") }
            return (entry.pointee.pw_uid, entry.pointee.pw_gid)
        }
        if let user = number("SUDO_UID"), let group = number("SUDO_GID"), user != 0 { return (user, group) }
        if let folder {
            var info = stat()
            // For a symbolic link this uses the link's owner, because the link may lead to a folder that only root can
            // write.
            if lstat(folder, &info) == 0 { return (info.st_uid, info.st_gid) }
        }
        guard let nobody = getpwnam("nobody") else { return (65_534, 65_534) }
        return (nobody.pointee.pw_uid, nobody.pointee.pw_gid)
    }
    private static func number(_ variable: String) -> UInt32? {
        getenv(variable).flatMap { UInt32(String(cString: $0)) }
    }
}
