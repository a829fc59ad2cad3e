public import Wire

/// The parts of one type of message (`Message.parts`), counted in its messages.
public struct MessageParts {
    private struct Part {
        let name: String
        let steps: [FilterStep]
    }
    private let type: any Message.Type
    private let parts: [Part]
    /// The fields of the message itself that are not needed.
    private var unused: WordSet
    private var dissector = Dissector()

    /// Returns nil for a type without parts.
    public init?(_ type: any Message.Type) {
        parts = type.parts.compactMap { path in
            FilterPath(path, in: type).map { Part(name: $0.steps.last?.name ?? "", steps: $0.steps) }
        }
        guard !parts.isEmpty else { return nil }
        self.type = type
        let used = Set(parts.compactMap { $0.steps.first?.name })
        unused = WordSet(type.describe().map(\.name).filter { !used.contains($0) })
    }
    /// Calls `body` with each part of a message, in the order of the description, and the number of its elements. The
    /// part of a field has its value as name.
    public mutating func each(in bytes: RawSpan, hint: UInt64, _ body: (String, Int) -> Void) {
        let nodes = dissector.outline(type, bytes, hint: hint, leavingOut: &unused)
        let message = dissector.dissection
        for part in parts {
            var count = 0
            _ = message.any(part.steps[...]) { i, rest in
                guard rest.isEmpty else { return false }
                if nodes[i].shape == .leaf {
                    body(Self.text(nodes[i].leafValue(in: bytes)), 1)
                } else {
                    // Elements that arrive one by one are a group with their number.
                    count &+= nodes[i].shape == .list ? Int(nodes[i].number) : max(1, Int(nodes[i].number))
                }
                return nodes[i].shape == .list
            }
            if count > 0 { body(part.name, count) }
        }
    }
    private static func text(_ value: Value) -> String { if case .text(let text) = value { text } else { "\(value)" } }
}
