import Node

/// Finds the place of a connection by its two ends, whoever sends. The ends themselves are kept by who asks.
struct FlowIndex {
    private var places = HashIndex(slots: 64)
    private let seed = HashSeed()

    /// The same for both directions.
    @inline(__always)
    func hash(_ a: Endpoint, _ b: Endpoint, _ transport: Transport) -> UInt32 {
        let sum = part(a) &+ part(b) &+ (transport == .udp ? 1 : 0)
        let (high, low) = (sum ^ seed.start).multipliedFullWidth(by: seed.factor)
        return UInt32(truncatingIfNeeded: (high ^ low) >> 16)
    }
    @inline(__always)
    private func part(_ e: Endpoint) -> UInt64 {
        let (h1, l1) = (e.high ^ seed.start).multipliedFullWidth(by: seed.factor)
        let (h2, l2) = (e.low ^ h1 ^ l1 ^ UInt64(e.port) << 48).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return h2 ^ l2
    }
    /// The place for which `isIt`.
    @inline(__always)
    func find(_ hash: UInt32, _ isIt: (Int) -> Bool) -> Int? { places.find(hash, isIt) }
    mutating func insert(_ hash: UInt32, _ place: Int) { places.insert(hash, place) }
    mutating func remove(_ hash: UInt32, _ place: Int) { places.remove(hash, place) }
}
