import Glibc

/// Memory of this process that is not on disk, in bytes.
enum Memory {
    static var now: Int? { line("VmRSS:") }
    static var peak: Int? { line("VmHWM:") }
    /// From here on the peak counts anew.
    static func forgetPeak() -> Bool {
        let fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        guard fd >= 0 else { return false }
        defer { close(fd) }
        return Glibc.write(fd, "5", 1) == 1
    }
    private static func line(_ name: String) -> Int? {
        guard let bytes = try? Files.read("/proc/self/status") else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let found = lines.first(where: { $0.hasPrefix(name) }) else { return nil }
        return found.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }.map {
            $0 << 10
        }
    }
}
