import Crypto
import Node
import Testing
import Wire

@testable import Libp2p

/// Tests of keys of all types: signatures of other implementations and of our own, and invalid keys and signatures.
@Suite struct KeyTests {
    @Test(arguments: 0..<3) func vectors(_ index: Int) throws {
        let vector = KeyVectors.all[index]
        let key = try PublicKey(copying: vector.publicKey)
        #expect(key.isWellFormed)
        #expect(key.verify(vector.signature, of: KeyVectors.message) == true)
        #expect(key.verify(vector.signature, of: KeyVectors.message + [0]) == false)
        #expect(key.verify([], of: KeyVectors.message) == false)
        let identity = try #require(Identity(privateKey: vector.privateKey))
        #expect(identity.publicKey.encoded() == vector.publicKey && identity.peer == PeerID(of: vector.publicKey))
        #expect(identity.sign(KeyVectors.message) == vector.signature)
        let other = try PublicKey(copying: KeyVectors.all[(index + 1) % 3].publicKey)
        #expect(other.verify(vector.signature, of: KeyVectors.message) == false)
    }
    /// Both forms of s are valid signatures (SEC 1, section 4.1.4). A caller that accepts only one form must check that
    /// itself.
    @Test func highSignature() throws {
        let key = try PublicKey(copying: KeyVectors.secp256k1.publicKey)
        #expect(key.verify(KeyVectors.highSignature, of: KeyVectors.message) == true)
    }
    @Test func otherKeys() {
        for (type, publicKey, signature) in KeyVectors.others {
            let key = PublicKey(type, publicKey)
            #expect(key.isWellFormed && key.verify(signature, of: KeyVectors.message) == true, "\(publicKey.count)")
            #expect(key.verify(signature, of: []) == false)
            let swapped = PublicKey(type == .rsa ? .ecdsa : .rsa, publicKey)
            #expect(!swapped.isWellFormed && swapped.verify(signature, of: KeyVectors.message) == false)
        }
        #expect(PublicKey(KeyType(rawValue: 4), []).verify([], of: []) == nil)
    }
    /// A key with a changed bit, a missing byte or an extra byte does not verify the signature.
    @Test(arguments: 0..<3) func malformedKeys(_ index: Int) throws {
        let vector = KeyVectors.all[index]
        let good = try PublicKey(copying: vector.publicKey)
        let (type, data) = (try #require(good.type), try #require(good.data?.own))
        var wellFormed = 0
        for at in data.indices {
            for bit in 0..<8 {
                var changed = data
                changed[at] ^= 1 << UInt8(bit)
                let key = PublicKey(type, changed)
                if key.isWellFormed { wellFormed += 1 }
                #expect(key.verify(vector.signature, of: KeyVectors.message) == false, "byte \(at), bit \(bit)")
            }
            let cut = PublicKey(type, Array(data[..<at]))
            #expect(!cut.isWellFormed && cut.verify(vector.signature, of: KeyVectors.message) == false)
        }
        #expect(!PublicKey(type, data + [0]).isWellFormed)
        // Another modulus is another key. About half of the numbers are points of secp256k1, but no changed point is on
        // P-256.
        #expect(type == .ecdsa ? wellFormed == 0 : wellFormed > 100)
    }
    /// A signature with a changed bit, a missing byte or an extra byte is not good.
    @Test(arguments: 0..<3) func malformedSignatures(_ index: Int) throws {
        let vector = KeyVectors.all[index]
        let key = try PublicKey(copying: vector.publicKey)
        for at in vector.signature.indices {
            for bit in 0..<8 {
                var changed = vector.signature
                changed[at] ^= 1 << UInt8(bit)
                #expect(key.verify(changed, of: KeyVectors.message) == false, "byte \(at), bit \(bit)")
            }
            #expect(key.verify(Array(vector.signature[..<at]), of: KeyVectors.message) == false)
        }
        #expect(key.verify(vector.signature + [0], of: KeyVectors.message) == false)
        guard vector.signature[0] == 0x30, index > 0 else { return }
        // The same numbers with longer lengths are BER, not DER.
        let ber = [0x30, 0x81, vector.signature[1]] + vector.signature[2...]
        #expect(key.verify(ber, of: KeyVectors.message) == false)
    }
    /// A length in a longer form is BER. Implementations with strict DER derive another id from such a key, or reject
    /// it.
    @Test func keysInBER() throws {
        for vector in [KeyVectors.rsa, KeyVectors.ecdsa] {
            let key = try PublicKey(copying: vector.publicKey)
            let (type, data) = (try #require(key.type), try #require(key.data?.own))
            let header: [UInt8] = data[1] < 128 ? [0x30, 0x81] : [0x30, 0x83, 0]
            let ber = header + data[(data[1] < 128 ? 1 : 2)...]
            #expect(!PublicKey(type, ber).isWellFormed, "\(type.rawValue)")
        }
    }
    /// A private key that is cut anywhere is invalid. With a changed byte it is invalid or signs as another key, and
    /// the decoder never traps.
    @Test(arguments: 0..<3) func malformedPrivateKeys(_ index: Int) throws {
        let vector = KeyVectors.all[index]
        for at in vector.privateKey.indices {
            #expect(Identity(privateKey: Array(vector.privateKey[..<at])) == nil, "cut at \(at)")
            // Checking a number as an RSA key takes long.
            guard index > 0 || at % 16 == 0 else { continue }
            var changed = vector.privateKey
            changed[at] ^= 0x41
            guard let identity = Identity(privateKey: changed) else { continue }
            let signature = identity.sign(KeyVectors.message)
            #expect(identity.publicKey.verify(signature, of: KeyVectors.message) == true, "byte \(at)")
        }
    }
    /// Ed25519 keys are read in both file forms (libp2p specs, peer-ids). They are invalid if their halves do not
    /// match.
    @Test func ed25519Files() throws {
        let seed = hex("7e0830617c4a7de83925dfb2694556b12936c477a0e1feb2e148ec9da60fee7d")
        let key = hex("1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e")
        let peer = Identity(seed: seed).peer
        #expect(peer.description == IdentityTests.ids[0].id)
        for good in [seed + key, seed + key + key] {
            #expect(Identity(privateKey: PrivateKey(.ed25519, good).encoded())?.peer == peer)
        }
        for bad in [seed, seed + seed, seed + key + seed, seed + key + [0], []] {
            #expect(Identity(privateKey: PrivateKey(.ed25519, bad).encoded()) == nil)
        }
    }
    /// An identity of any type that has seeds can sign, and its id has the form of its type.
    @Test func seeds() throws {
        for (type, start) in [(KeyType.ed25519, "12D3KooW"), (.secp256k1, "16Uiu2HA"), (.ecdsa, "Qm")] {
            let identity = try #require(Identity(type, seed: [1, 2, 3]))
            #expect(identity.publicKey.type == type && identity.peer.description.hasPrefix(start))
            #expect(identity.publicKey.verify(identity.sign([5]), of: [5]) == true)
            #expect(identity.sign([5]) == Identity(type, seed: [1, 2, 3])?.sign([5]))
        }
        #expect(Identity(.rsa, seed: [1]) == nil)
    }
    /// Peers with keys of all types authenticate each other over both security protocols.
    @Test(arguments: 0..<3, [ProtocolID.noise, ProtocolID.plaintext])
    func ends(_ index: Int, security: String) throws {
        let peer = try #require(Identity(privateKey: KeyVectors.all[index].privateKey))
        func stack(_ identity: Identity) -> LayerStack {
            var options = Libp2pOptions()
            (options.identity, options.security, options.muxers) = (identity, [security], [ProtocolID.yamux])
            return .libp2p(options) { _ in nil }
        }
        let event = security == ProtocolID.noise ? "secured" : "introduced"
        for (id, isGood) in [(peer.peer, true), (Identity(seed: [9]).peer, false)] {
            var talk = Talk(
                stack(Identity(seed: [1])), stack(peer), target: "/ip4/127.0.0.1/tcp/1/p2p/\(id)")
            talk.begin()
            #expect(talk.names(.us).contains(event) == isGood && talk.over.contains(.us) != isGood)
        }
    }
}
