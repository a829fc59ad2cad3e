import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

@Suite struct BadInputTests {
    /// An RPC that has every part.
    private static let full: RPC = {
        let identity = Identity(seed: [UInt8](repeating: 1, count: 32))
        var (rpc, control) = (RPCContent(), Control())
        var subscription = Subscription()
        (subscription.subscribe, subscription.topic) = (true, "t")
        rpc.subscriptions = [subscription]
        var message = PublishedMessage()
        (message.topic, message.data, message.sequence) = ("t", Bytes([1]), Bytes([UInt8](repeating: 0, count: 8)))
        rpc.publish = [message.signed(by: identity, withKey: true)]
        var (ihave, iwant, idontwant) = (IHave(), IWant(), IDontWant())
        (ihave.topic, ihave.messageIDs) = ("t", [Bytes([1])])
        (iwant.messageIDs, idontwant.messageIDs) = ([Bytes([2])], [Bytes([2])])
        var (graft, prune, peer) = (Graft(), Prune(), PeerInfo())
        graft.topic = "t"
        peer.peerID = Bytes(identity.peer.bytes)
        (prune.topic, prune.backoff, prune.peers) = ("t", 60, [peer])
        (control.ihave, control.iwant, control.idontwant) = ([ihave], [iwant], [idontwant])
        (control.graft, control.prune) = ([graft], [prune])
        var extensions = ControlExtensions()
        extensions.testExtension = true
        control.extensions = extensions
        rpc.control = control
        rpc.testExtension = TestExtension()
        return RPC(rpc)
    }()
    private func counted(_ content: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        Varint.append(UInt64(content.count), to: &out)
        return out + content
    }
    /// Reads a stream that arrives in pieces. Returns the RPCs, and the reason why the reader stopped.
    private func read(_ stream: [UInt8], pieces: Int = .max) -> ([RPCContent], RPCReader.Failure?) {
        var (reader, all) = (RPCReader(), [RPCContent]())
        var at = 0
        while at < stream.count {
            let end = pieces >= stream.count - at ? stream.count : at + pieces
            do throws(RPCReader.Failure) {
                try reader.take(Array(stream[at..<end])) { rpc, _ in all.append(rpc) }
            } catch {
                return (all, error)
            }
            at = end
        }
        return (all, nil)
    }

    /// A stream that is cut at any byte needs more bytes. Content that is cut after its length is refused at a place
    /// within it, or is complete.
    @Test func truncated() {
        let bytes = Self.full.encoded()
        for end in bytes.indices {
            let start = Array(bytes[..<end])
            let (rpcs, failure) = read(start, pieces: 7)
            #expect(rpcs.isEmpty && failure == nil, "\(end)")
        }
        let content = Self.full.rpc.encoded()
        var refused = 0
        for end in content.indices {
            let cut = counted(Array(content[..<end]))
            if let error = RPC.check(cut.span.bytes) {
                refused += 1
                #expect(error.offset <= cut.count, "\(end) \(error)")
            }
        }
        #expect(refused > content.count - 8)
    }
    /// If one byte changes, the reader reports an error within the message, or another RPC. It never traps, and the
    /// result does not depend on the pieces.
    @Test func changed() {
        let bytes = Self.full.encoded()
        for at in bytes.indices {
            for change in [UInt8(1), 4, 0x80, 0xff] {
                var other = bytes
                other[at] ^= change
                let (whole, cut) = (read(other), read(other, pieces: 5))
                #expect(whole.0 == cut.0 && whole.1 == cut.1, "\(at) \(change)")
                if let error = RPC.check(other.span.bytes) { #expect(error.offset <= other.count, "\(at)") }
            }
        }
    }
    /// The length alone decides that an RPC of more than 1 MiB is refused. A length has one form, of at most nine
    /// bytes.
    @Test func lengths() {
        #expect(read([0x80, 0x80, 0x40]).1 == nil && read([0x81, 0x80, 0x40]).1 == .tooLong(1 << 20 + 1))
        for bad in [
            [0x80, 0], [0x87, 0x80, 0], [UInt8](repeating: 0xff, count: 9), [UInt8](repeating: 0x80, count: 10),
        ] as [[UInt8]] {
            for pieces in [1, 4, Int.max] {
                guard case .undecodable(let error)? = read(bad, pieces: pieces).1 else {
                    Issue.record("\(bad) is taken")
                    continue
                }
                #expect(error.path == "length")
            }
        }
        // Repeated empty RPCs have no effect.
        let (rpcs, failure) = read([UInt8](repeating: 0, count: 1000) + Self.full.encoded() + [0])
        #expect(rpcs == [Self.full.rpc] && failure == nil)
    }
    /// Numbers of protobuf may have ten bytes, even if fewer would do.
    @Test func numbers() throws {
        let long = [UInt8](repeating: 0x80, count: 8)
        let prune = try Prune(copying: [0x0a, 1, 0x74, 0x18, 0xbc] + long + [0])
        #expect(prune.backoff == 60)
        #expect(try Prune(copying: [0x18] + [UInt8](repeating: 0xff, count: 9) + [1]).backoff == .max)
        #expect(Prune.check(([0x18] + [UInt8](repeating: 0xff, count: 10) + [1]).span.bytes) != nil)
    }
    /// The decoder refuses wire types that a field does not have, groups, field 0, and lengths that exceed their
    /// surroundings.
    @Test func wireTypes() {
        for bad in [[0x0a, 9], [0x0a, 2, 0x12, 9], [0x1a, 3, 0x22, 2, 0x18], [0x0e], [0x0f], [0x00, 0]] as [[UInt8]] {
            let error = RPC.check(counted(bad).span.bytes)
            #expect(error != nil && error?.offset ?? 99 <= bad.count + 1, "\(bad)")
        }
        // A known field with another wire type is refused, or kept as an unknown field. It is never read as a value.
        for odd in [[0x08, 1], [0x0d, 1, 2, 3, 4], [0x09, 1, 2, 3, 4, 5, 6, 7, 8], [0x1a, 2, 0x18, 1]] as [[UInt8]] {
            let rpc = try? RPC(copying: counted(odd).span.bytes)
            #expect(rpc?.rpc.subscriptions.isEmpty ?? true && rpc?.rpc.control?.graft.isEmpty ?? true, "\(odd)")
        }
        let open = [UInt8](repeating: 0x1b, count: 100_000)
        #expect(RPC.check(counted(open).span.bytes) != nil)
        let closed = [UInt8](repeating: 0x3b, count: 5000) + [UInt8](repeating: 0x3c, count: 5000)
        _ = RPC.check(counted(closed).span.bytes)
    }
}
