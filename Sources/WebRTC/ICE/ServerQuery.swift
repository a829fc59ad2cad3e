import Node
import Wire

/// A request to a STUN server for the address of this side as the server sees it.
struct ServerQuery: Sendable {
    let address: Endpoint
    private let base: Endpoint
    let transaction: Fixed<12>
    private var transmissions = 0
    private var timeout = ICETimes.retransmission
    /// The time of the next transmission; nil if the query is given up.
    private(set) var due: Instant?

    init(_ address: Endpoint, base: Endpoint, transaction: Fixed<12>, _ now: Instant) {
        (self.address, self.base, self.transaction, due) = (address, base, transaction, now)
    }
    /// Returns the request if it is due.
    mutating func wake(_ now: Instant) -> [UInt8]? {
        guard let at = due, at <= now else { return nil }
        guard transmissions < ICETimes.transmissions else {
            due = nil
            return nil
        }
        transmissions += 1
        due = now + timeout
        timeout = timeout + timeout
        return STUNMessage(.bindingRequest, transaction).encoded(signedWith: nil)
    }
    /// Returns nil if the message is no answer to the query. Otherwise returns the candidate, or nil inside if it has no
    /// new address.
    func take(_ message: STUNMessage, _ from: Endpoint) -> ICECandidate?? {
        guard from == address, message.transaction == transaction else { return nil }
        guard let seen = message.mappedAddress, seen != base else { return .some(nil) }
        return ICECandidate(seen, .serverReflexive, base: base)
    }
}
