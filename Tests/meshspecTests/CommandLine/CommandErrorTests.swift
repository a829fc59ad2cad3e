import Capture
import Glibc
import Network
import Node
import Report
import Scenario
import Testing

@testable import meshspec

/// The form of errors, and the codes of the errors of the modules.
@Suite struct CommandErrorTests {
    @Test func partsAreInOneOrder() {
        let all = CommandError(
            .badValue, at: "--x", "too long", expected: "a word", found: "abc", meant: "ab", remedy: "leave it out")
        #expect(
            all.lines("run")
                == "meshspec run: --x: too long: expected a word, found `abc`, did you mean `ab`? Leave it out [MS1004]"
        )
        #expect(all.message + " [MS1004]" == all.description)
        #expect(CommandError(.badValue, at: "--x", found: "abc").message == "--x: found `abc`")
        #expect(CommandError.unwritten("-", "full").lines("") == "meshspec: cannot write: full [MS1103]")
    }
    @Test func refersToHelpOnlyForMistakesOnCommandLine() {
        #expect(
            CommandError(.extraArgument, "x").lines("run") == "meshspec run: x; see `meshspec run --help` [MS1006]")
        #expect(CommandError(.extraArgument, "x", remedy: "y").lines("run") == "meshspec run: x; y [MS1006]")
        #expect(CommandError(.badValue, "x", meant: "y").lines("run")?.contains("--help") == false)
        #expect(CommandError(.noNode, "x").lines("run") == "meshspec run: x [MS1206]")
        #expect(CommandError(.extraArgument, "x").lines("") == "meshspec: x [MS1006]")
    }
    @Test func reportsNothingTwice() {
        let error = CommandError.printed(ExitCode.invalid)
        #expect(error.lines("run") == nil)
        #expect(error.status == ExitCode.invalid)
    }
    @Test func escapesTextAndKeepsExcerpt() {
        let error = CommandError(.badExpression, at: "-Y", "a\u{1b}\nb", excerpt: "  x\n  ^")
        #expect(error.lines("decode") == "meshspec decode: -Y: a\\u{1b}\\u{a}b [MS1012]\n  x\n  ^")
    }
    @Test func listsKnownNamesOnlyIfNoneIsNear() {
        let near = CommandError(no: "role", called: "hubb", of: ["hub", "client"])
        #expect(near.meant == "hub")
        #expect(near.remedy == nil)
        #expect(CommandError(no: "role", called: "x", of: ["hub", "client"]).remedy == "use hub or client")
        #expect(CommandError(no: "role", called: "x", of: (0..<17).map { "role\($0)" }).remedy == nil)
    }
    @Test func codesAndExplanationsAreUnique() {
        let all = Explain.codes
        #expect(Set(all.map(\.code)).count == all.count)
        #expect(Set(all.map(\.explanation)).count == all.count)
        #expect(all.map(\.code) == all.map(\.code).sorted())
    }

    static let network: [(NetworkError, ErrorCode)] = [
        (NetworkError("resolve", "x", "write HOST:PORT", isMalformed: true), .badAddress),
        (NetworkError("resolve", "x:1", "Name or service not known"), .unknownHost),
        (NetworkError("listen on", "x:1", String(cString: strerror(EADDRINUSE))), .addressInUse),
        (NetworkError("listen on", "x:1", String(cString: strerror(EACCES))), .noPermission),
        (NetworkError("listen on", "x:1", String(cString: strerror(EADDRNOTAVAIL))), .cannotListen),
        (NetworkError("connect to", "x:1", String(cString: strerror(ECONNREFUSED))), .noNode),
        (NetworkError("start", "x", "it ended"), .cannotStart), (NetworkError("make", "x", "no memory"), .system),
    ]
    @Test(arguments: network) func networkErrorsHaveCodes(_ error: NetworkError, _ code: ErrorCode) {
        #expect(CommandError(error).code == code)
    }
    static let captures: [(CaptureError, ErrorCode)] = [
        (.noSuchFile("x"), .noSuchFile), (.noPermission("x"), .cannotRead), (.isDirectory("x"), .wrongFile),
        (.empty("x"), .notACapture), (.inFile("x", .damaged(packets: 1, "y")), .damagedCapture),
        (.deviceDenied("x", program: "y"), .noPermission), (.badFilter("x", "y"), .badExpression),
    ]
    @Test(arguments: captures) func captureErrorsHaveCodes(_ error: CaptureError, _ code: ErrorCode) {
        #expect(CommandError(error).code == code)
        #expect(CommandError(error).status == ExitCode.environment)
    }
    /// A wrapped error keeps its code, but is a mistake on the command line.
    @Test func usageNamesOption() {
        let error = #expect(throws: CommandError.self) {
            try CommandError.usage("--changed-since") { try Files.read("/nonexistent") }
        }
        #expect(error?.code == .noSuchFile)
        #expect(error?.status == ExitCode.usage)
        #expect(error?.message == "--changed-since: /nonexistent: the file does not exist")
    }
}
