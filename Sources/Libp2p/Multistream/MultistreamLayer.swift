public import Node
import Wire

/// Both directions of a negotiation taken apart. `us` is who opened the stream, and proposes.
///
/// Behind a proposal the bytes of that side wait until it is answered: they may be further proposals, or already those of
/// the protocol that was proposed. With the echo of the proposal both sides speak that protocol. An answer that is neither
/// the echo nor `na` ends the negotiation, and nobody knows what follows.
public struct MultistreamLayer: Layer {
    /// What is not answered yet.
    private var proposal: String?
    /// Sides whose header has been seen.
    private var headers: Set<Opener> = []
    /// True if a proposal or an answer may be among missing bytes.
    public private(set) var isBlind = false

    /// A fresh stream.
    public init() {}

    public mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        if side == .us, proposal != nil { return .waits }
        if side == .them, headers.contains(.them), proposal == nil { return .waits }
        switch MultistreamToken.prefix(of: bytes) {
        case .needMore(let count): return .needMore(count)
        case .refused(let error): return .refused(error)
        case .message(let token, let length):
            let text = token.text.string(in: bytes)
            guard headers.contains(side) else { return begin(text, side, length, &output) }
            if side == .us {
                proposal = text
            } else {
                if text == proposal, text != MultistreamLayer.list {
                    output.append(.becomes(text))
                } else if text != MultistreamLayer.refusal, proposal != MultistreamLayer.list {
                    output.append(.becomes(""))
                }
                proposal = nil
            }
            return .unit(MultistreamToken.self, length: length)
        }
    }
    public mutating func lose(_ side: Opener) { isBlind = true }
    /// Returns true only for a header: no other message shows the state of a negotiation.
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool {
        let header = Self.header
        return !headers.contains(side)
            && bytes.withUnsafeBytes { $0.prefix(header.count).elementsEqual(header.prefix($0.count)) }
    }
    private static let header = MultistreamToken(ProtocolID.multistream).encoded()
    /// The first message of a side is the header. Where it is another, the other side gives up.
    private mutating func begin(
        _ text: String, _ side: Opener, _ length: Int, _ output: inout LayerOutput
    ) -> LayerStep {
        headers.insert(side)
        if text != ProtocolID.multistream { output.append(.becomes("")) }
        return .unit(MultistreamToken.self, length: length)
    }
    /// What says that the proposal is refused.
    static let refusal = "na"
    /// What asks for all ids.
    static let list = "ls"
}
