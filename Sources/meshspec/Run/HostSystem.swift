import Glibc

/// A description of the machine that runs this program, for readers of a report on another machine.
enum HostSystem {
    /// The network name of the machine; nil if it has none.
    static var name: String? { fields.first.flatMap { $0.isEmpty ? nil : $0 } }
    /// The distribution, kernel and processor type: `Debian GNU/Linux 13 (trixie), Linux 6.12.1 x86_64`.
    static var description: String? {
        guard fields.count == 4 else { return nil }
        let kernel = fields[1...].joined(separator: " ")
        return distribution.map { "\($0), \(kernel)" } ?? kernel
    }
    /// The name of the machine, its kernel, the kernel's release, and the processor; empty if `uname` fails.
    private static var fields: [String] {
        var u = utsname()
        guard uname(&u) == 0 else { return [] }
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return [text(u.nodename), text(u.sysname), text(u.release), text(u.machine)]
    }
    /// The name of the distribution from os-release(5).
    private static var distribution: String? {
        guard let bytes = try? Files.read("/etc/os-release") else { return nil }
        for line in bytes.split(separator: 0x0a) {
            let text = String(decoding: line, as: UTF8.self)
            guard text.hasPrefix("PRETTY_NAME=") else { continue }
            return text.dropFirst(12).filter { $0 != "\"" && $0 != "'" }
        }
        return nil
    }
}
