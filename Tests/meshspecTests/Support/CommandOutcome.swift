@testable import meshspec

/// The exit status and the standard error of a command.
protocol CommandOutcome {
    var status: Int32 { get }
    var err: String { get }
}

extension CommandOutcome {
    /// Returns true if the command has ended with an error of this code, whose line contains `word`. `status` is the
    /// expected exit status; by default the usual one of the code.
    func failed(_ code: ErrorCode, _ word: String = "", status: Int32? = nil) -> Bool {
        self.status == status ?? code.status && reports(code, word)
    }
    /// Returns true if standard error has a line with this code that contains `word`.
    func reports(_ code: ErrorCode, _ word: String = "") -> Bool { Diagnostics.have(code, word, in: err) }
}

/// Lines for the user on standard error.
enum Diagnostics {
    /// Returns true if the text has a line of the program with this code that contains `word`.
    static func have(_ code: ErrorCode, _ word: String = "", in text: String) -> Bool {
        text.split(separator: "\n").contains {
            $0.hasPrefix("meshspec") && $0.hasSuffix("[\(code.rawValue)]") && (word.isEmpty || $0.contains(word))
        }
    }
}
