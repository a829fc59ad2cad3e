import CLinux
import Glibc
import Report
import Text
import Wire

/// Writes text for the user to standard error, and short answers to standard output.
enum Console {
    /// Opens `/dev/null` in place of closed standard descriptors. Otherwise the next file that the program opens would
    /// take such a number and receive the text for the user. Writing to the replacement still fails.
    static func keepDescriptors() {
        for fd in Int32(0)...2 where fcntl(fd, F_GETFD) < 0 {
            // `open` takes the lowest free number.
            _ = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY)
        }
    }
    /// A hint for the message about a crash when memory is limited, because a program without memory can only crash.
    /// Empty without a limit.
    static let memoryHint: String = {
        let limit = linux_memory_limit()
        guard limit != .max else { return "" }
        return "memory is limited to \(limit >> 20) MiB (`ulimit -v`): meshspec probably needs more"
    }()
    /// Registers `memoryHint` as the text to print if the program crashes. A command can replace the text later.
    static func expectLackOfMemory() {
        guard !memoryHint.isEmpty else { return }
        let text = Array("meshspec: \(memoryHint)\n".utf8)
        text.withUnsafeBytes { p in
            linux_on_crash(p.baseAddress?.assumingMemoryBound(to: CChar.self), p.count, 2, ExitCode.environment)
        }
    }
    static func error(_ text: String) { write(text + "\n", to: 2) }
    /// Prints a line on standard output and returns the exit status of success, even if the reader has closed its end.
    /// If the write fails, for example because the disk is full, it throws, which ends the command.
    @discardableResult static func print(_ text: String) throws(CommandError) -> Int32 {
        try print(Array((text + "\n").utf8))
    }
    /// Prints a line of JSON.
    @discardableResult static func print(_ value: Value) throws(CommandError) -> Int32 {
        try print(RunEvents.line(value))
    }
    @discardableResult static func print(_ bytes: [UInt8]) throws(CommandError) -> Int32 {
        if let why = write(bytes, to: 1) { throw CommandError.unwritten(nil, why) }
        return ExitCode.good
    }
    /// Prints an answer as JSON or as text.
    @discardableResult static func print(
        isJSON: Bool, _ value: @autoclosure () -> Value, _ text: @autoclosure () -> String
    ) throws(CommandError) -> Int32 {
        isJSON ? try print(value()) : try print(text())
    }
    /// Writes text at once and returns the reason for a failure. It is no failure if the reader has closed its end.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> String? {
        write(Array((descriptor == 2 ? shortened(text) : text).utf8), to: descriptor)
    }
    /// The most bytes of a line on standard error.
    static let longestLine = 8192
    /// Shortens each line that is too long for people to its beginning and its end. Files and events keep the whole
    /// text.
    static func shortened(_ text: String) -> String {
        guard text.utf8.count > longestLine else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let count = line.utf8.count
            guard count > longestLine else { return String(line) }
            let (head, tail) = (longestLine / 2, 256)
            return String(decoding: line.utf8.prefix(head), as: UTF8.self)
                + " ... (\(count - head - tail) bytes left out) ... "
                + String(decoding: line.utf8.suffix(tail), as: UTF8.self)
        }
        return lines.joined(separator: "\n")
    }
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> String? {
        var output = Output(descriptor)
        output.append { $0 += bytes }
        output.flush()
        guard case .failed(let why)? = output.end else { return nil }
        return why
    }
    /// True if standard error is a terminal that can move its cursor.
    static var isTerminal: Bool { isatty(2) == 1 && variable("TERM") != "dumb" }
    /// Returns the columns of the terminal; `Int.max` if the descriptor is not a terminal.
    static func width(_ descriptor: Int32) -> Int {
        var size = winsize()
        guard isatty(descriptor) == 1 else { return .max }
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// True if the output may have more than ASCII. A locale without UTF-8 forbids it; a missing locale allows it.
    static var hasUnicode: Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty }
        guard let locale = locale?.lowercased() else { return true }
        return locale.contains("utf-8") || locale.contains("utf8")
    }

    /// Returns the style of the output. It has colour on a terminal without NO_COLOR, unless `--color` decides
    /// otherwise.
    static func style(_ invocation: Invocation, descriptor: Int32 = 2) throws(CommandError) -> Style {
        let when = try invocation.word(.color, ["auto", "always", "never"])
        let mayColour = isatty(descriptor) == 1 && (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
        return Style(
            hasColour: when == "always" || when == "auto" && mayColour, hasUnicode: hasUnicode, width: width(descriptor)
        )
    }

    /// Prints an error of a command, unless it was printed before.
    static func report(_ error: CommandError, _ command: String) {
        if let lines = error.lines(command) { self.error(lines) }
    }
}
