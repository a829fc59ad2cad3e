import Wire

/// The reason why a call is answered with an error.
struct Refusal: Error {
    var text: String
    /// True if the payload is missing or cannot be read.
    var isOfPayload = false

    init(_ text: String, isOfPayload: Bool = false) { (self.text, self.isOfPayload) = (text, isOfPayload) }
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
}
