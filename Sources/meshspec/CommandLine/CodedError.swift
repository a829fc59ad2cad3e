import Capture
import Glibc
import Network
import Node
import Recording
import Report
import Scenario
import TLS
import Wire
import Wireshark

/// An error of a module that has a code on the command line.
protocol CodedError: Error {
    /// The error as the commands print it.
    var coded: CommandError { get }
}

extension CommandError {
    /// Converts an error of a module. A `CommandError` stays as it is.
    init(_ error: any Error) {
        switch error {
        case let known as Self: self = known
        case let known as any CodedError: self = known.coded
        default: self.init(.system, "\(error)")
        }
    }
    /// Runs `body` and converts its errors to mistakes on the command line. `place` is the option that has caused them.
    static func usage<T>(_ option: OptionName, _ body: () throws -> T) throws(CommandError) -> T {
        try usage(option.rawValue, body)
    }
    static func usage<T>(_ place: String? = nil, _ body: () throws -> T) throws(CommandError) -> T {
        do { return try body() } catch {
            var out = CommandError(error)
            out.status = ExitCode.usage
            if let place { out.place = out.place.map { "\(place): \($0)" } ?? place }
            throw out
        }
    }
}

extension Files.Failure: CodedError {
    var coded: CommandError {
        code == ENOENT
            ? CommandError.noFile(path)
            : CommandError(.cannotRead, at: path, "cannot read: \(Files.reason(code))")
    }
}

extension NetworkError: CodedError {
    var coded: CommandError {
        if isMalformed {
            return CommandError(.badAddress, at: endpoint, "not an address", remedy: reason)
        }
        return CommandError(kind, description)
    }
    private var kind: ErrorCode {
        func isReason(_ code: Int32) -> Bool { reason == String(cString: strerror(code)) }
        if isReason(EADDRINUSE) || reason.hasPrefix(ChosenTarget.occupied) { return .addressInUse }
        if isReason(EACCES) || isReason(EPERM) { return .noPermission }
        return switch action {
        case "resolve": .unknownHost
        case "listen on", "reserve": .cannotListen
        case "start", "restart": .cannotStart
        case "connect to", "connect from", "send to": .noNode
        default: .system
        }
    }
}

extension SettingsError: CodedError {
    var coded: CommandError {
        if isUnknownName { return CommandError(at: "-P", no: "parameter", called: name, of: known) }
        return CommandError(
            .badValue, at: name == "profile" ? "--profile" : "-P \(name)", reason ?? "",
            expected: NearestName.choice(known), found: value,
            meant: meant)
    }
}

extension TLSError: CodedError {
    var coded: CommandError { CommandError(.badTLS, at: "TLS", description) }
}

extension ClaimError: CodedError {
    var coded: CommandError {
        CommandError(
            .otherNode, "\(name) is \(found) there, and not \(claimed)",
            remedy: "\(remedy), or --no-preflight to judge it anyway")
    }
}

extension Selection.Failure: CodedError {
    var coded: CommandError { CommandError(.badExpression, description) }
}

extension FilterError: CodedError {
    var coded: CommandError { CommandError(.badExpression, message) }
}

extension DecodeAsError: CodedError {
    var coded: CommandError {
        CommandError(.badValue, at: .decodeAs, "`\(text)` \(problem)", remedy: "write it like tcp.port==17075,nano")
    }
}

extension RecordingError: CodedError {
    var coded: CommandError {
        let status: Int32 =
            switch self {
            case .nobody: ExitCode.nothingMatched
            case .bothEnds, .severalProtocols, .notOfScenarios: ExitCode.usage
            case .tooLong, .tooLarge: ExitCode.invalid
            }
        return CommandError(.noScenario, description, status: status)
    }
}

extension DissectorFailure: CodedError {
    var coded: CommandError { CommandError(.system, description) }
}

extension CaptureError: CodedError {
    var coded: CommandError { CommandError(kind, description, status: ExitCode.environment) }
    private var kind: ErrorCode {
        switch self {
        case .noSuchFile: .noSuchFile
        case .noPermission, .unreadable: .cannotRead
        case .isDirectory: .wrongFile
        case .empty, .notACapture, .truncatedFileHeader: .notACapture
        case .unsupportedLinkType: .unsupportedCapture
        case .truncatedInHeader, .truncatedInData, .damaged: .damagedCapture
        case .inFile(_, let error): error.kind
        case .noSuchDevice, .deviceDown: .noDevice
        case .deviceDenied, .cannotDropPrivileges: .noPermission
        case .badFilter: .badExpression
        case .cannotWrite: .cannotWrite
        }
    }
}
