import Wire

/// Why a call is answered with an error.
struct Refusal: Error {
    /// What was not found.
    enum Kind: Sendable { case service, method, other }
    var text: String
    var name = Kind.other
    /// There is no payload, or it cannot be read.
    var isOfPayload = false

    init(_ text: String, _ name: Kind = .other, isOfPayload: Bool = false) {
        (self.text, self.name, self.isOfPayload) = (text, name, isOfPayload)
    }
    /// As a build says it: those of JavaScript with a stack, that of Go without one.
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
}
