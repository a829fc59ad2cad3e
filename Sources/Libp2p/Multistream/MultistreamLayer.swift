public import Node
import Wire

/// A decoder of both directions of a negotiation. `us` is the side that opened the stream, and proposes.
///
/// After a proposal, the bytes of that side wait for the answer. They may be further proposals, or data of the proposed
/// protocol. After the echo of the proposal, both sides use that protocol. An answer that is neither the echo nor `na`
/// ends the negotiation, and the protocol of the following bytes is unknown.
public struct MultistreamLayer: Layer {
    /// The proposal that is not answered yet.
    private var proposal: String?
    /// The sides whose header was seen.
    private var headers: Set<Opener> = []
    /// True if a proposal or an answer may be among missing bytes.
    public private(set) var isBlind = false
    /// True until the negotiation ends, with or without a protocol.
    public private(set) var isOpening = true

    /// Creates a decoder of a fresh stream.
    public init() {}

    public mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        if side == .us, proposal != nil { return .waits }
        if side == .them, headers.contains(.them), proposal == nil { return .waits }
        switch MultistreamToken.prefix(of: bytes) {
        case .needMore(let count): return .needMore(count)
        case .refused(let error): return .refused(error)
        case .message(let token, let length):
            let text = token.text.string(in: bytes)
            guard headers.contains(side) else { return begin(text, by: side, length: length, into: &output) }
            if side == .us {
                proposal = text
            } else {
                if text == proposal, text != MultistreamLayer.list {
                    become(text, &output)
                } else if text != MultistreamLayer.refusal, proposal != MultistreamLayer.list {
                    become("", &output)
                }
                proposal = nil
            }
            return .unit(MultistreamToken.self, length: length)
        }
    }
    public func announced(by bytes: RawSpan, from side: Opener) -> Announcement? {
        Announcement(MultistreamToken.self, length: Varint.announced(by: bytes))
    }
    public mutating func lose(_ side: Opener) { isBlind = true }
    /// Returns true only for a header: no other message shows the state of a negotiation.
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool {
        let header = Self.header
        return !headers.contains(side)
            && bytes.withUnsafeBytes { $0.prefix(header.count).elementsEqual(header.prefix($0.count)) }
    }
    private static let header = MultistreamToken(ProtocolID.multistream).encoded()
    /// Handles the first message of a side, the header. If it is another message, the other side gives up.
    private mutating func begin(
        _ text: String, by side: Opener, length: Int, into output: inout LayerOutput
    ) -> LayerStep {
        headers.insert(side)
        if text != ProtocolID.multistream { become("", &output) }
        return .unit(MultistreamToken.self, length: length)
    }
    private mutating func become(_ text: String, _ output: inout LayerOutput) {
        isOpening = false
        output.append(.becomes(text))
    }
    /// The answer that refuses a proposal.
    static let refusal = "na"
    /// The request for all ids.
    static let list = "ls"
}
