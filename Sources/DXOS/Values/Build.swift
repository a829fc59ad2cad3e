import Node
import Wire

/// The dxRPC library that a node imitates: its encoding, and its behaviour where the libraries differ.
enum Build: String, CaseIterable, Sendable {
    case js2022 = "js-2022"
    case js2023 = "js-2023"
    case js2024 = "js-2024"
    case js2025 = "js-2025"
    case bufbuild
    case go

    var summary: String {
        switch self {
        case .js2022: "JavaScript of 2022: defaults written out, types with a leading dot, no bye"
        case .js2023: "JavaScript of 2023: the same with bye"
        case .js2024: "JavaScript since 2024-02-26: the same, and clients send __ping__"
        case .js2025: "JavaScript since 2024-09-30: the same, and clients repeat a message after 1 s"
        case .bufbuild: "the newest JavaScript: canonical, types without a dot, otherwise as js-2025"
        case .go: "Go: canonical, types left out, a closed stream is not confirmed"
        }
    }
    /// True if it writes defaults explicitly.
    var writesDefaults: Bool { self != .bufbuild && self != .go }
    /// Returns the type that it writes for an argument or result.
    func typeURL(of type: TypeName) -> String {
        switch self {
        case .js2022, .js2023, .js2024, .js2025: "." + type.name.description
        case .bufbuild: type.name.description
        case .go: ""
        }
    }
    /// True if it answers `dxos.stream_close` with the end of the stream.
    var confirmsClose: Bool { self != .go }
    /// The reaction to `dxos.bye`.
    var onBye: ByeHandling {
        switch self {
        case .js2022: .ignores
        case .js2023, .js2024, .js2025, .bufbuild: .answers
        case .go: .endsStreams
        }
    }
    enum ByeHandling: Sendable { case ignores, answers, endsStreams }
    /// True if it ends a connection on which bytes arrive that are not an RpcMessage.
    var dropsGarbage: Bool { self == .go }
    /// The time that its clients wait before the first reconnect.
    var reconnect: Duration { self == .js2022 ? .seconds(1) : .milliseconds(100) }
    /// True if its clients send `__ping__`.
    var keepsAlive: Bool { self == .js2024 || self == .js2025 || self == .bufbuild }
    /// The time from the first copy of a reliable message to the second; it doubles with each copy.
    var resend: Duration { self == .js2025 || self == .bufbuild ? .seconds(1) : .milliseconds(300) }
}
