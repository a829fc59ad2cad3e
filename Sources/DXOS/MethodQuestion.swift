import Node
import Wire

extension Inquiry {
    /// A call of a method that nobody serves: each server of dxRPC answers it with an error and goes on.
    static let dxos = Inquiry(needs: "server", tells: false) { _, _ in [MethodQuestion()] }
}

/// Calls a method that does not exist. The answer tells a server of dxRPC from any other one of WebSocket.
struct MethodQuestion: Question {
    let title = ""
    private(set) var message: [UInt8]
    private(set) var answer = Inquiry.Result.none

    init() {
        var call = RequestContent()
        call.method = "meshspec.Preflight.Ask"
        message = Request(call).encoded()
    }
    mutating func hear(_ bytes: RawSpan, at time: Instant) {
        guard answer == .none else { return }
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes), !(type is NoContent.Type) else {
            answer = .foreign(bytes.withUnsafeBytes { Array($0.prefix(64)) })
            return
        }
        switch type {
        case is Open.Type:
            // Who says it first hears nothing else before.
            var ack = OpenAck()
            ack.openAck = true
            message = ack.encoded()
        case is Response.Type:
            var found = Identification()
            if (try? Response(copying: bytes))?.response?.error == nil {
                found.fault = "it answers a method that does not exist without an error"
            }
            answer = .whole(found)
        default: break
        }
    }
}
