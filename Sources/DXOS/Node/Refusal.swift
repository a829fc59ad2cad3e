import Wire

/// The reason why a call is answered with an error.
enum Refusal: Error, Equatable {
    /// The method lacks its service, or the name after it.
    case malformedMethod(String)
    case unknownService(String)
    case unknownMethod(String)
    /// A unary call of a streaming method, or the reverse.
    case streamingMismatch
    /// The id of the call has an open stream.
    case usedID
    case tooManyStreams
    case missingPayload
    case unreadablePayload
    /// The argument of the call has more bytes than the node accepts.
    case tooLarge(bytes: Int, limit: Int)
    case longKey
    /// A subscription of the bus without a topic.
    case noTopic
    /// A subscription of the bus by this host itself.
    case ownSubscription

    /// The reason in the words of the JavaScript library, where it has words for it.
    var text: String {
        switch self {
        case .malformedMethod(let name): "Invalid method: \(name)"
        case .unknownService(let service): "Service not supported: \(service)"
        case .unknownMethod(let method): "Method not found: \(method)"
        case .streamingMismatch: "Invalid RPC method call: response streaming mismatch."
        case .usedID: "Request id is in use by a stream."
        case .tooManyStreams: "Too many streams."
        case .missingPayload: "Request payload is missing."
        case .unreadablePayload: "Request payload can not be decoded."
        case .tooLarge(let bytes, let limit): "Request payload is too large: \(bytes) bytes, at most \(limit)."
        case .longKey: "Key is too long."
        case .noTopic: "No topic."
        case .ownSubscription: "This is the host that asks."
        }
    }
    /// Returns the error in the form of a build: JavaScript builds have a stack, Go has none.
    func described(_ build: Build, _ call: Call) -> RPCError {
        var error = RPCError()
        guard build == .go else {
            (error.name, error.message, error.stack) = ("Error", Text(text), "")
            return error
        }
        let what = call.isStream ? "stream" : "method"
        let method = String(decoding: call.method, as: UTF8.self)
        let isFound = isOfPayload || Method(name: call.method.span.bytes)?.isStream == call.isStream
        error.name = isFound ? "HandlerFailed" : call.isStream ? "StreamNotFound" : "MethodNotFound"
        error.message = Text(isFound ? text : "no \(what) found for \(method)")
        return error
    }
    /// True if the handler of the method refuses the call, because of its payload.
    private var isOfPayload: Bool {
        switch self {
        case .missingPayload, .unreadablePayload, .tooLarge: true
        default: false
        }
    }
}
