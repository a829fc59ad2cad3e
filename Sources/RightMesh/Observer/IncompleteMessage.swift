internal import Crypto
import Node
import Wire

extension ObservedMessage {
    /// Creates the report of a message that a receiver abandoned.
    init(givenUp assembly: Assembly, to destination: Endpoint, _ why: Counter) {
        let text =
            switch why {
            case .timeout: "4 s after the first"
            case .superseded: "a newer message was whole first"
            case .evict: "newer ones took its place"
            case .conflict, .inconsistent: "what came contradicts itself"
            default: "more bytes came than it has"
            }
        self.init(incomplete: assembly, to: destination, text, .warning)
    }
    /// Creates the report of a message with fragments that never arrived.
    init(incomplete a: Assembly, to destination: Endpoint, _ why: String, _ severity: Severity) {
        self.init(.incomplete, nil)
        let missing = a.missing()
        findings = [
            Finding(
                severity, nil,
                "\(a.header.type.name) \(a.header.msgID) of \(a.header.src.array.hex) is not whole: "
                    + "\(missing.count == 1 ? "fragment" : "fragments") \(Self.ranges(missing)) of \(a.header.fragCount) "
                    + "never came (\(why))")
        ]
        parts = a.parts
        source = a.endpoint
        self.destination = destination
        time = a.last
    }
    /// Returns numbers in the form `1, 3..5 and 7`. It shows at most 16 ranges, followed by the number of all.
    private static func ranges(_ numbers: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for n in numbers {
            if let last = runs.last, last.upperBound + 1 == n {
                runs[runs.count - 1] = last.lowerBound...n
            } else {
                runs.append(n...n)
            }
        }
        let shown = runs.prefix(16).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }
        if runs.count > 16 { return shown.joined(separator: ", ") + ", .. (\(numbers.count))" }
        let all = shown.dropLast().joined(separator: ", ")
        return all + (all.isEmpty ? "" : " and ") + (shown.last ?? "")
    }
}

extension MessageType {
    /// The last part of the name of the message, or the number of an unknown type.
    var name: String { message?.name.description.split(separator: ".").last.map(String.init) ?? "\(rawValue)" }
}
