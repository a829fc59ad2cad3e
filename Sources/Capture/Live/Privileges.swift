internal import CLinux
internal import Glibc

/// What a process may do, and giving it up.
public enum Privileges {
    /// True when this process has the rights of root.
    public static var isRoot: Bool { geteuid() == 0 }

    /// Who this process is: the name of its user, or the number where that has none.
    public static var userName: String {
        getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
    }
    /// Gives up what was needed to open a device: becomes `user`, or who called sudo, or who owns `folder`, where files
    /// are yet to be written; without any of these `nobody`. All capabilities go in any case, so that even root is no
    /// more than the owner of its files. Returns the id of the user that it is now.
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
            // Of a link its own owner: it may lead to where only root writes.
            if lstat(folder, &info) == 0 { return (info.st_uid, info.st_gid) }
        }
        guard let nobody = getpwnam("nobody") else { return (65_534, 65_534) }
        return (nobody.pointee.pw_uid, nobody.pointee.pw_gid)
    }
    private static func number(_ variable: String) -> UInt32? {
        getenv(variable).flatMap { UInt32(String(cString: $0)) }
    }
}
