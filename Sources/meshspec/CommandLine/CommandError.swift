import Report
import Scenario
import Wire

/// The reason why a command ends early: a value with a code. All commands print it in one form:
///
///     meshspec COMMAND: PLACE: problem: expected X, found `Y`, did you mean `Z`? Remedy [CODE]
///
/// Parts that are missing are left out. After a text that is not a question, `; ` precedes the remedy.
struct CommandError: Error, CustomStringConvertible {
    /// The kind of the error; nil if the error was printed before, so that only the status is left.
    var code: ErrorCode?
    /// The exit status of the command.
    var status: Int32
    /// The place of the error: a file with line and column, an option, or an address.
    var place: String?
    /// The problem, without an end mark. It may be empty if `expected` and `found` say it.
    var problem: String
    /// The value or form that was expected.
    var expected: String?
    /// The text that was found, as it is.
    var found: String?
    /// The known name that the user most likely meant.
    var meant: String?
    /// The next step of the user. Nil refers to the help text of the command if the command line is wrong.
    var remedy: String?
    /// Further lines with the place of the error, escaped for a terminal.
    var excerpt: String

    init(
        _ code: ErrorCode, at place: String? = nil, _ problem: String = "", expected: String? = nil,
        found: String? = nil, meant: String? = nil, remedy: String? = nil, status: Int32? = nil, excerpt: String = ""
    ) {
        self.code = code
        self.status = status ?? code.status
        self.place = place
        self.problem = problem
        self.expected = expected
        self.found = found
        self.meant = meant
        self.remedy = remedy
        self.excerpt = excerpt
    }
    /// Creates the error for an option.
    init(
        _ code: ErrorCode, at option: OptionName, _ problem: String = "", expected: String? = nil,
        found: String? = nil, meant: String? = nil, remedy: String? = nil, status: Int32? = nil
    ) {
        self.init(
            code, at: option.rawValue, problem, expected: expected, found: found, meant: meant, remedy: remedy,
            status: status)
    }
    /// Creates the error for a name that is not among the known ones. `what` is the kind of thing that has the name.
    /// The error suggests the nearest known name, or lists the names if they are few and none is near.
    init(
        _ code: ErrorCode = .unknownName, at place: String? = nil, no what: String, called name: String,
        of known: [String], remedy: String? = nil
    ) {
        let meant = NearestName.nearest(name, in: known)
        let list = meant == nil && (1...Self.listed).contains(known.count) ? NearestName.choice(known) : nil
        self.init(
            code, at: place, "no \(what) is called `\(name)`", meant: meant,
            remedy: remedy ?? list.map { "use \($0)" })
    }
    /// Creates the error for the value of an option that is not among the known names.
    init(
        _ code: ErrorCode = .unknownName, at option: OptionName, no what: String, called name: String,
        of known: [String], remedy: String? = nil
    ) {
        self.init(code, at: option.rawValue, no: what, called: name, of: known, remedy: remedy)
    }
    /// The most names that an error lists.
    private static let listed = 16

    /// Creates the error for a command that ends with a status and has printed the reason.
    static func printed(_ status: Int32) -> CommandError {
        var out = CommandError(.system, status: status)
        out.code = nil
        return out
    }
    /// Creates the error for a file that cannot be written, with the system's reason. `-` is standard output.
    static func unwritten(_ path: String?, _ why: String) -> CommandError {
        CommandError(.cannotWrite, at: path == "-" ? nil : path, "cannot write: \(why)")
    }
    /// Creates the error for a file that is missing.
    static func noFile(_ path: String) -> CommandError {
        CommandError(.noSuchFile, at: path, "the file does not exist")
    }
    /// Creates the error for two options that contradict each other.
    static func conflict(_ a: OptionName, _ b: OptionName, _ why: String? = nil) -> CommandError {
        conflict(a, with: b.rawValue, why)
    }
    /// Creates the error for an option that contradicts another part of the command line.
    static func conflict(_ a: OptionName, with other: String, _ why: String? = nil) -> CommandError {
        CommandError(.conflict, at: a, "cannot be combined with \(other)" + (why.map { ": \($0)" } ?? ""))
    }
    /// Creates the error for an option that needs another one.
    static func dependent(_ option: OptionName, on other: OptionName) -> CommandError {
        dependent(option, on: other.rawValue)
    }
    static func dependent(_ option: OptionName, on other: String) -> CommandError {
        CommandError(.notApplicable, at: option, "needs \(other)")
    }

    /// The text without the code and without a general remedy.
    var message: String { text(remedy) }
    /// The text with its code.
    var description: String { message + (code.map { " [\($0.rawValue)]" } ?? "") }
    /// Returns the lines for the user, escaped for a terminal; nil if the error was printed before. `command` is empty
    /// if the command is not known.
    func lines(_ command: String) -> String? {
        guard let code else { return nil }
        let isGeneral = status == ExitCode.usage && meant == nil && excerpt.isEmpty && !command.isEmpty
        let text = self.text(remedy ?? (isGeneral ? "see `meshspec \(command) --help`" : nil))
        let name = command.isEmpty ? "meshspec" : "meshspec \(command)"
        return "\(name): \(Printable.text(text)) [\(code.rawValue)]" + (excerpt.isEmpty ? "" : "\n" + excerpt)
    }
    private func text(_ remedy: String?) -> String {
        var parts = [place, problem].compactMap(\.self).filter { !$0.isEmpty }
        let contrast = [expected.map { "expected \($0)" }, found.map { "found `\($0)`" }].compactMap(\.self)
        if !contrast.isEmpty { parts.append(contrast.joined(separator: ", ")) }
        let text = parts.joined(separator: ": ") + (meant.map { NearestName.suggestion($0) } ?? "")
        guard let remedy else { return text }
        // A sentence of its own follows a question.
        return text.hasSuffix("?")
            ? text + " " + remedy.prefix(1).uppercased() + remedy.dropFirst() : text + "; " + remedy
    }
}
