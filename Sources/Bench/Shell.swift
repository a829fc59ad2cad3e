import CLinux
import Glibc
import Network

/// A runner of shell commands.
enum Shell {
    /// Returns the nanoseconds until a command ends; nil if it failed.
    static func run(_ command: String) -> Double? {
        var (from, to) = (timespec(), timespec())
        clock_gettime(CLOCK_MONOTONIC, &from)
        guard let process = try? Subprocess(command, folder: ".") else { return nil }
        while process.exitStatus == nil { usleep(50) }
        clock_gettime(CLOCK_MONOTONIC, &to)
        guard process.exitStatus == 0 else { return nil }
        return Double(to.tv_sec - from.tv_sec) * 1e9 + Double(to.tv_nsec - from.tv_nsec)
    }
    /// Returns the number on the first line that a command prints; nil if it failed.
    static func number(_ command: String) -> Double? {
        guard let output = popen(command, "re") else { return nil }
        var line = [CChar](repeating: 0, count: 64)
        let first = fgets(&line, 64, output)
        guard pclose(output) == 0, first != nil else { return nil }
        return strtod(line, nil)
    }
    /// Prints a line on standard error.
    static func complain(_ text: String) { fputs("meshspec-bench: \(text)\n", linux_stderr()) }
}
