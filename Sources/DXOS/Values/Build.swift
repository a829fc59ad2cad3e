import Node
import Wire

/// Which dxRPC library a node behaves as: how it writes messages, and what it does where the libraries differ.
enum Build: String, CaseIterable, Sendable {
    case js2022 = "js-2022"
    case js2023 = "js-2023"
    case bufbuild
    case go

    var summary: String {
        switch self {
        case .js2022: "JavaScript of 2022: defaults written out, types with a leading dot, no bye"
        case .js2023: "JavaScript of 2023: the same with bye"
        case .bufbuild: "the newest JavaScript: canonical, types without a dot"
        case .go: "Go: canonical, types left out, a closed stream is not confirmed"
        }
    }
    /// Whether it writes defaults out.
    var writesDefaults: Bool { self == .js2022 || self == .js2023 }
    /// The type of what a call takes or gives as it writes it.
    func typeURL(of type: TypeName) -> String {
        switch self {
        case .js2022, .js2023: "." + type.name.description
        case .bufbuild: type.name.description
        case .go: ""
        }
    }
    /// Whether it answers `dxos.stream_close` with the end of the stream.
    var confirmsClose: Bool { self != .go }
    /// What it does on `dxos.bye`.
    var onBye: ByeHandling {
        switch self {
        case .js2022: .ignores
        case .js2023, .bufbuild: .answers
        case .go: .endsStreams
        }
    }
    enum ByeHandling: Sendable { case ignores, answers, endsStreams }
    /// Whether it ends a connection on which something else than an RpcMessage comes.
    var dropsGarbage: Bool { self == .go }
    /// Whether its clients send `__ping__`.
    var keepsAlive: Bool { self == .js2023 || self == .bufbuild }
}

/// How messages are written.
struct WireForm: Sendable {
    var build: Build
    var writesDefaults: Bool

    init(_ options: NodeParameters) {
        build = options.build
        writesDefaults = options.writesDefaults
    }
    /// The encoding of a message.
    func bytes<M: Message>(_ message: M) -> [UInt8] {
        (writesDefaults ? message.withExplicitDefaults : message).encoded()
    }
    /// What a call takes or gives; `value` is encoded already.
    func payload(_ type: TypeName, _ value: [UInt8]) -> Payload {
        var payload = Payload()
        let url = build.typeURL(of: type)
        if !url.isEmpty { payload.typeURL = Text(url) }
        if !value.isEmpty { payload.value = Bytes(value) }
        return payload
    }
    /// The bytes of a response with what is set in it.
    func response(_ id: Int32, _ fill: (inout ResponseContent) -> Void) -> [UInt8] {
        var content = ResponseContent()
        if id != 0 { content.id = id }
        fill(&content)
        return bytes(Response(content))
    }
}
