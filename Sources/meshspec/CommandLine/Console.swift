import CLinux
import Glibc
import Report
import Wire

/// Text for people on standard error, short answers on standard output.
enum Console {
    /// Standard descriptors that are closed lead nowhere from here on, where a file of ours would take their numbers
    /// and get what is meant for people. Writing there still fails.
    static func keepDescriptors() {
        for fd in Int32(0)...2 where fcntl(fd, F_GETFD) < 0 {
            // The lowest free number is taken.
            _ = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY)
        }
    }
    /// What a crash is most likely about where memory is limited: there is no way on without it. Else nothing.
    static let memoryHint: String = {
        let limit = linux_memory_limit()
        guard limit != .max else { return "" }
        return "memory is limited to \(limit >> 20) MiB (`ulimit -v`): most likely it needs more"
    }()
    /// Says so, should the program end by it before a command has more to say.
    static func expectLackOfMemory() {
        guard !memoryHint.isEmpty else { return }
        let text = Array("meshspec: \(memoryHint)\n".utf8)
        text.withUnsafeBytes { p in
            linux_on_crash(p.baseAddress?.assumingMemoryBound(to: CChar.self), p.count, 2, ExitCode.environment)
        }
    }
    static func error(_ text: String) { write(text + "\n", to: 2) }
    /// A line of standard output; returns the status of success, also when nobody reads any more. What could not be
    /// written, such as to a full disk, is printed as an error, which ends the command.
    @discardableResult static func print(_ text: String) throws(CommandError) -> Int32 {
        try print(Array((text + "\n").utf8))
    }
    /// A line of JSON.
    @discardableResult static func print(_ value: Value) throws(CommandError) -> Int32 {
        try print(RunEvents.line(value))
    }
    @discardableResult static func print(_ bytes: [UInt8]) throws(CommandError) -> Int32 {
        if let why = write(bytes, to: 1) { throw unwritten(why) }
        return ExitCode.good
    }
    /// An answer for programs or for people.
    @discardableResult static func print(
        isJSON: Bool, _ value: @autoclosure () -> Value, _ text: @autoclosure () -> String
    ) throws(CommandError) -> Int32 {
        isJSON ? try print(value()) : try print(text())
    }
    /// The same of bytes, for commands that put their name before what could not be written.
    static func put(_ bytes: [UInt8]) throws(CommandError) {
        if let why = write(bytes, to: 1) { throw CommandError("cannot write: \(why)") }
    }
    /// Standard output could not be written to.
    static func unwritten(_ why: String) -> CommandError {
        error("meshspec: cannot write: \(why)")
        return CommandError()
    }
    /// Text or bytes at once; returns what went wrong. A reader that went away is no failure.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> String? {
        write(Array((descriptor == 2 ? shortened(text) : text).utf8), to: descriptor)
    }
    /// Bytes of a line of standard error.
    static let longestLine = 8192
    /// Text with lines that people can read: of a long one the beginning and the end. Files and events have all of it.
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
    /// Somebody watches standard error on a terminal that can move its cursor.
    static var isTerminal: Bool { isatty(2) == 1 && variable("TERM") != "dumb" }
    /// Columns of the terminal; `Int.max` when there is none.
    static func width(_ descriptor: Int32) -> Int {
        var size = winsize()
        guard isatty(descriptor) == 1 else { return .max }
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Whether more than ASCII can be shown: a locale that says nothing of UTF-8 cannot, no locale at all leaves it
    /// open.
    static var hasUnicode: Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty }
        guard let locale = locale?.lowercased() else { return true }
        return locale.contains("utf-8") || locale.contains("utf8")
    }

    /// Colour on a terminal and not under NO_COLOR, unless the command line says otherwise.
    static func style(_ invocation: Invocation, descriptor: Int32 = 2) throws(UsageError) -> Style {
        let when = try invocation.word("--color", ["auto", "always", "never"])
        let mayColour = isatty(descriptor) == 1 && (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
        return Style(
            hasColour: when == "always" || when == "auto" && mayColour, hasUnicode: hasUnicode, width: width(descriptor)
        )
    }
}
