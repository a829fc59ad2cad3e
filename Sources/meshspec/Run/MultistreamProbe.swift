import Libp2p
import Network
import Node
import Wire

/// A probe that asks the listener at an address whether it speaks multistream-select, and what it accepts in the clear.
enum MultistreamProbe {
    /// The answer to one proposal.
    enum Answer: Equatable {
        case nobody(String)
        /// No answer, or an answer that is not multistream-select.
        case other
        /// The header, and whether it accepts the proposal.
        case speaks(accepts: Bool)
    }
    /// The security protocols that meshspec implements, by the name of their capability and parameter.
    static let ours = [(name: "noise", id: ProtocolID.noise), (name: "plaintext", id: ProtocolID.plaintext)]
    /// The security protocols to propose.
    static let securities = ours.map(\.id) + [ProtocolID.tls]
    /// The time to wait. A listener on the same network answers much sooner.
    private static let patience = Duration.milliseconds(1_500)

    /// Returns the protocols among `securities` that the listener accepts; nil if it does not speak multistream-select.
    static func offers(at address: Endpoint) -> [String]? {
        var accepted: [String] = []
        for id in securities {
            guard case .speaks(let accepts) = ask(id, at: address) else { return nil }
            if accepts { accepted.append(id) }
        }
        return accepted
    }
    /// Proposes `id` over a connection of its own.
    static func ask(_ id: String, at address: Endpoint) -> Answer {
        guard let network = try? SocketNetwork() else { return .other }
        let driver = Driver(network)
        let link = driver.dial(address)
        defer { driver.close(link) }
        let end = driver.now + patience
        let header = MultistreamToken(ProtocolID.multistream).encoded()
        let proposal = MultistreamToken(id).encoded()
        var had: [UInt8] = []
        while let event = driver.next(until: end) {
            switch event {
            case .opened: driver.send(header + proposal, on: link)
            case .failed(_, let error): return .nobody(error.reason)
            case .received(_, let bytes): had += bytes
            case .ended: return had.starts(with: header) ? .speaks(accepts: false) : .other
            case .reported, .channel: break
            }
            if !had.starts(with: header.prefix(had.count)) { return .other }
            let rest = had.dropFirst(header.count)
            guard had.count >= header.count, let length = rest.first, rest.count > Int(length) else { continue }
            return .speaks(accepts: rest.starts(with: proposal))
        }
        return had.isEmpty ? .other : .speaks(accepts: false)
    }
}
