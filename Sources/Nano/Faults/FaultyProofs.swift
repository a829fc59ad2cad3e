import Crypto
import Node
import Wire

// Faults in the proofs of a node and in its checks of proofs from other nodes.
extension NodeCore {
    /// Returns true if the node accepts the genesis hash of a response.
    func takes(genesis: Key32, version: UInt8, by opener: Opener) -> Bool {
        let own = rules.network.genesis
        func isEqual(_ range: Range<Int>) -> Bool { range.allSatisfy { genesis.bytes[$0] == own.bytes[$0] } }
        switch (bug, opener) {
        case (.acceptsGenesisAsInitiator, .us), (.acceptsWrongGenesis, .them): return true
        case (.genesisBeginCompared, .them), (.openerGenesisBegin, .us): return isEqual(0..<16)
        case (.genesisEndCompared, .them): return isEqual(16..<32)
        case (.takesKnownGenesis, .them): return NanoNetwork.all.contains { $0.genesis == genesis }
        case (.genesisUncheckedV3, .them): return version == 3 || genesis == own
        default: return genesis == own
        }
    }
    /// Returns true if the node accepts a response over this cookie.
    mutating func takes(_ response: NodeIDHandshake.Response, over cookie: Key32, by opener: Opener) -> Bool {
        let isGood = response.isSigned(over: cookie)
        switch bug {
        case .acceptsAnySignature, .acceptsWrongCookie: return true
        case .acceptsAlteredSalt: return isGood || response.version >= 2
        case .acceptsUnsignedV1: return isGood || response.version == 1
        case .acceptsZeroSignature: return isGood || response.signature == Signature64()
        case .openerAcceptsAnySignature: return isGood || opener == .us
        case .takesEarlierCookie: return isGood || issued.contains { response.isSigned(over: $0) }
        case .takesOpenCookie: return isGood || cookies.all.contains { response.isSigned(over: $0) }
        case .trustsKnownID:
            if isGood, verified.count < 1000 { verified.insert(response.nodeID) }
            return isGood || verified.contains(response.nodeID)
        case .acceptsAlteredCapabilities:
            return isGood
                || response.version == 3
                    && (0..<64).contains { bit in
                        var other = response
                        other.capabilities ^= 1 << UInt64(bit)
                        return other.isSigned(over: cookie)
                    }
        default: return isGood
        }
    }
    /// Returns true if the node accepts the signature of a vote.
    func takes(_ vote: Vote) -> Bool {
        guard bug == .voteTimeReversed else { return vote.isSigned }
        var other = vote
        other.packedTimestamp = Derived(vote.packed.byteSwapped)
        return other.isSigned
    }

    /// Returns the wrong bytes that a node with a fault signs; nil if it signs the right ones.
    func peculiarProof(_ r: NodeIDHandshake.Response, over cookie: Key32) -> [UInt8]? {
        switch bug {
        case .signatureOverWrongBytes where r.version >= 2: return r.signed(over: r.nodeID)
        case .signsWithoutGenesis where r.version >= 2: return cookie.array + r.salt.array
        case .signsSaltFirst where r.version >= 2: return r.salt.array + cookie.array + r.genesis.array
        case .v1SignsGenesis where r.version == 1: return cookie.array + rules.network.genesis.array
        case .v3SignedAsV2 where r.version == 3: return cookie.array + r.salt.array + r.genesis.array
        default: return nil
        }
    }
    /// The genesis hash that our responses contain.
    var genesisToName: Key32 {
        let own = rules.network.genesis
        return switch bug {
        case .wrongGenesis: Key32(repeating: 0x77)
        case .genesisHalf: Key32(exactly: Array(own.array[..<16]) + [UInt8](repeating: 0, count: 16)) ?? own
        case .genesisReversed: Key32(exactly: Array(own.array.reversed())) ?? own
        default: own
        }
    }
}

extension Random {
    /// Returns 32 bytes that should be new each time; `count` is the number of values drawn so far.
    mutating func fresh(
        _ bug: Misbehaviour?, _ count: Int, same: Misbehaviour, counter: Misbehaviour, ring: Misbehaviour
    ) -> Key32 {
        if bug == same { return Key32(repeating: 0x33) }
        if bug == ring { return Key32(repeating: UInt8(0x60 + count / 2 % 3)) }
        guard bug == counter else { return key32() }
        var out = Key32(repeating: 0x44)
        for (i, byte) in bytes(4).enumerated() { out.bytes[28 + i] = byte }
        return out
    }
}
