import Glibc

/// The resident memory of a process, in bytes.
struct Memory {
    /// `self` or a process id.
    var process = "self"
    var now: Int? { line("VmRSS:") }
    var peak: Int? { line("VmHWM:") }
    /// Resets the peak of this process to its current memory.
    static func forgetPeak() -> Bool {
        let fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        guard fd >= 0 else { return false }
        defer { close(fd) }
        return Glibc.write(fd, "5", 1) == 1
    }
    private func line(_ name: String) -> Int? {
        guard let file = fopen("/proc/\(process)/status", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                .split { " \t\n".contains($0) }
            if words.first == name[...] { return words.dropFirst().first.flatMap { Int($0) }.map { $0 << 10 } }
        }
        return nil
    }
    /// Returns the maximum memory of a run of the program; nil if it failed. The standard output is discarded.
    static func peak(_ arguments: [String]) -> Int? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        let words = ([Tool.program] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, Tool.program, &actions, nil, words + [nil], environ) == 0 else { return nil }
        let child = Memory(process: "\(pid)")
        var (most, status): (Int, Int32) = (0, 0)
        // The kernel's peak value only grows, and is lost with the process. So the last reading is the result.
        while waitpid(pid, &status, WNOHANG) == 0 {
            most = max(most, child.peak ?? 0)
            usleep(500)
        }
        return status == 0 && most > 0 ? most : nil
    }
}
