import Node
import Testing

@testable import Capture

/// Tests that a connection in any kind of tunnel gives the same records as without the tunnel.
struct TunnelTests {
    /// The headers between the frame of the capture and the packet.
    enum Wrapper: String, CaseIterable {
        case vxlan, vxlanOfLinux, geneve, geneveOptions, geneveIP
        case gtp, gtpSequence, gtpExtensions, gtpIPv6, gtpEthernet, authenticated, grePPP
        case gre, greAll, greEthernet, erspan1, erspan2, erspan3, erspan3Long, pptp
        case ipInIP, sixInFour, fourInSix, mpls, mplsIPv6, pseudowire, pseudowirePlain, mplsInIP
        case pppoe, pppoeIPv6, pppoeShort

        var isIPv6Inside: Bool { [.sixInFour, .mplsIPv6, .pppoeIPv6, .gtpIPv6].contains(self) }
        var link: LinkType { self == .ipInIP || self == .sixInFour || self == .fourInSix ? .raw : .ethernet }

        /// Returns an IP packet of the tunnel with this content.
        private func outer(_ transport: UInt8, _ content: [UInt8]) -> [UInt8] {
            [0x45, 0] + be16(20 + content.count) + [0, 1, 0x40, 0, 64, transport, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]
                + content
        }
        private func udp(_ port: Int, _ content: [UInt8]) -> [UInt8] {
            outer(17, be16(50_000) + be16(port) + be16(8 + content.count) + [0, 0] + content)
        }
        /// Returns a packet of GTP-U with its optional fields.
        private func gtp(_ flags: UInt8, _ fields: [UInt8], _ content: [UInt8]) -> [UInt8] {
            udp(2152, [0x30 | flags, 0xff] + be16(fields.count + content.count) + [0, 0, 0, 7] + fields + content)
        }
        private static let addresses = [UInt8](repeating: 2, count: 12)
        static func ethernet(_ type: Int, _ content: [UInt8]) -> [UInt8] { addresses + be16(type) + content }

        func packet(_ ip: [UInt8]) -> [UInt8] {
            let type = isIPv6Inside ? 0x86dd : 0x0800
            let frame = Self.ethernet(type, ip)
            let inIP: [UInt8]? =
                switch self {
                case .vxlan: udp(4789, [8, 0, 0, 0, 0, 0, 7, 0] + frame)
                case .vxlanOfLinux: udp(8472, [8, 0, 0, 0, 0, 0, 7, 0] + frame)
                case .geneve: udp(6081, [0, 0, 0x65, 0x58, 0, 0, 7, 0] + frame)
                case .geneveOptions:
                    udp(6081, [2, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 3, 1, 0, 0, 0, 0] + frame)
                case .geneveIP: udp(6081, [0, 0, 8, 0, 0, 0, 7, 0] + ip)
                case .gtp, .gtpIPv6: gtp(0, [], ip)
                case .gtpSequence: gtp(2, [0, 9, 0, 0], ip)
                // The containers of a PDU session (0x85) and of a long PDCP number (0x03).
                case .gtpExtensions: gtp(4, [0, 0, 0, 0x85, 1, 0x10, 1, 0x03, 2, 0, 0, 1, 0, 0, 0, 0], ip)
                case .gtpEthernet: gtp(0, [], frame)
                case .authenticated: outer(51, [4, 4, 0, 0] + [UInt8](repeating: 1, count: 20) + ip)
                case .grePPP: outer(47, [0, 0, 0x88, 0x0b, 0, 0x21] + ip)
                case .gre: outer(47, [0, 0, 8, 0] + ip)
                // Checksum, key and sequence number.
                case .greAll: outer(47, [0xb0, 0, 8, 0] + [UInt8](repeating: 9, count: 12) + ip)
                case .greEthernet: outer(47, [0, 0, 0x65, 0x58] + frame)
                case .erspan1: outer(47, [0, 0, 0x88, 0xbe] + frame)
                case .erspan2: outer(47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1] + [UInt8](repeating: 1, count: 8) + frame)
                case .erspan3:
                    outer(47, [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1] + [UInt8](repeating: 2, count: 12) + frame)
                case .erspan3Long:
                    outer(47, [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1] + [UInt8](repeating: 1, count: 20) + frame)
                case .pptp:
                    outer(47, [0x30, 0x81, 0x88, 0x0b, 0, 9, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xff, 3, 0, 0x21] + ip)
                case .mplsInIP: outer(137, [0, 1, 0x01, 64] + ip)
                default: nil
                }
            if let inIP { return Self.ethernet(0x0800, inIP) }
            switch self {
            case .ipInIP: return outer(4, ip)
            case .sixInFour: return outer(41, ip)
            case .fourInSix:
                return [0x60, 0, 0, 0] + be16(ip.count) + [4, 64] + [UInt8](repeating: 0x20, count: 32) + ip
            case .pseudowire: return Self.ethernet(0x8847, [0, 1, 0x01, 64, 0, 0, 0, 0] + frame)
            case .pseudowirePlain: return Self.ethernet(0x8847, [0, 1, 0x01, 64] + frame)
            case .pppoe, .pppoeIPv6:
                return Self.ethernet(
                    0x8864, [0x11, 0, 0, 5] + be16(ip.count + 2) + [0, isIPv6Inside ? 0x57 : 0x21] + ip + [0, 0, 0])
            case .pppoeShort: return Self.ethernet(0x8864, [0x11, 0, 0, 5] + be16(ip.count + 1) + [0x21] + ip)
            // Two labels.
            default: return Self.ethernet(0x8847, [0, 1, 0x00, 64, 0, 2, 0x01, 64] + ip)
            }
        }
    }
    func wire(_ wrapper: Wrapper) -> Wire2 {
        var wire = Wire2()
        if wrapper.isIPv6Inside { (wire.client, wire.server) = LayersTests.v6 }
        return wire
    }
    func packet(_ wrapper: Wrapper, _ tap: Tap) -> [UInt8] {
        wrapper.packet((wrapper.isIPv6Inside ? Wrapping.raw6 : .raw).packet(tap))
    }
    func layers(_ bytes: [UInt8], _ link: LinkType = .ethernet, length: Int? = nil) -> Layers {
        Layers(
            Packet(
                number: 1, time: Timestamp(nanoseconds: 0), length: length ?? bytes.count, link: link,
                bytes: bytes.span.bytes))
    }

    @Test(arguments: Wrapper.allCases) func sameRecordsInEveryTunnel(_ wrapper: Wrapper) {
        let wire = wire(wrapper)
        let taps = wire.opening + [wire.say(text("a"), at: 0), wire.answer(text("reply"), at: 0, received: 5)]
        let (kept, tally) = tap(taps.map { Tapped(packet(wrapper, $0)) }, wrapper.link)
        #expect(kept.said == ["> toy.text a", "< toy.text reply"])
        #expect(kept.records.map(\.source) == [wire.client, wire.server])
        #expect(kept.notes.isEmpty && tally.payload == 14 && tally.datagrams == 0)
        #expect(tally.damagedPackets + tally.otherPackets + tally.fragments == 0)
    }
    @Test(arguments: Wrapper.allCases) func cutAnywhere(_ wrapper: Wrapper) {
        let whole = packet(wrapper, wire(wrapper).say(text("hello"), at: 0))
        for count in 0..<whole.count {
            switch layers(Array(whole.prefix(count)), wrapper.link, length: whole.count) {
            case .tcp(let part): #expect(part.payload.upperBound <= count && part.length == 9)
            // Without its header, a tunnel over UDP is a datagram.
            case .udp(let part): #expect(part.payload.upperBound <= count && count < 50)
            case .damaged: break
            case let other: #expect(Bool(false), "\(count) of \(whole.count) bytes: \(other)")
            }
        }
    }
    /// A node may use the port of a tunnel: data without a valid tunnel header are a datagram.
    @Test(arguments: [(4789, 0x0a), (8472, 0x0a), (6081, 0xc0), (4788, 8), (6080, 0)])
    func portsOfTunnels(_ port: Int, _ first: UInt8) {
        let content = [first, 0, 0, 0, 0, 0, 7, 0] + Wrapper.ethernet(0x0800, Wrapping.raw.packet(Wire2().opening[0]))
        let ip: [UInt8] =
            [0x45, 0] + be16(28 + content.count) + [0, 1, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]
            + be16(50_000) + be16(port) + be16(8 + content.count) + [0, 0] + content
        guard case .udp(let datagram) = layers(ip, .raw) else { return #expect(Bool(false), "a datagram") }
        #expect(datagram.length == content.count)
    }
    func datagram(_ port: Int, _ content: [UInt8]) -> [UInt8] {
        [0x45, 0] + be16(28 + content.count) + [0, 1, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]
            + be16(50_000) + be16(port) + be16(8 + content.count) + [0, 0] + content
    }
    @Test func gtpHeadersThatLie() {
        let ip = Wrapping.raw.packet(Wire2().say(text("hello"), at: 0))
        func gtp(_ head: [UInt8], _ content: [UInt8], length: Int? = nil) -> Layers {
            let rest = Array(head.dropFirst(2)) + content
            return layers(
                datagram(2152, Array(head.prefix(2)) + be16(length ?? rest.count) + [0, 0, 0, 7] + rest), .raw)
        }
        guard case .tcp = gtp([0x30, 0xff], ip) else { return #expect(Bool(false), "it is opened") }
        for (head, length) in [([0x20, 0xff], nil), ([0x50, 0xff], nil), ([0x30, 0xff], 9)] as [([UInt8], Int?)] {
            guard case .udp = gtp(head, ip, length: length) else { return #expect(Bool(false), "a datagram") }
        }
        #expect(gtp([0x30, 1], []) == .other, "an echo request")
        #expect(gtp([0x34, 0xff, 0, 0, 0, 0x85, 0], ip) == .damaged, "an extension without a length")
        #expect(gtp([0x34, 0xff, 0, 0, 0, 0x85, 255], ip) == .damaged, "an extension beyond the end")
        #expect(gtp([0x30, 0xff], [9, 9, 9]) == .unopened(.gtp), "unstructured data")
    }
    /// A tunnel that is recognized but not opened is counted by its kind.
    @Test func unopenedTunnelsAreCountedByKind() {
        func counted(_ packets: [[UInt8]]) -> [UnopenedTunnel: Int] {
            let tally = tap(packets.map { Tapped($0) }, .raw).1
            #expect(tally.otherPackets + tally.unknownDatagrams + tally.damagedPackets == 0)
            return Dictionary(
                uniqueKeysWithValues: UnopenedTunnel.allCases.filter { tally.unopened[$0] > 0 }.map {
                    ($0, tally.unopened[$0])
                })
        }
        let esp: [UInt8] =
            [0x45, 0] + be16(40) + [0, 1, 0x40, 0, 64, 50, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]
            + [UInt8](repeating: 7, count: 20)
        let zeros = [UInt8](repeating: 0, count: 200)
        let wireguard = datagram(4000, [1, 0, 0, 0] + zeros.prefix(144))
        let data = datagram(4000, [4, 0, 0, 0] + zeros.prefix(44))
        #expect(counted([esp, esp]) == [.esp: 2])
        #expect(counted([datagram(4500, [1, 2, 3, 4, 0, 0, 0, 1])]) == [.esp: 1])
        #expect(counted([wireguard, data]) == [.wireguard: 2])
        #expect(counted([datagram(1194, [0x38] + zeros.prefix(20))]) == [.openvpn: 1])
        #expect(counted([datagram(1701, [0, 2] + zeros.prefix(20))]) == [.l2tp: 1])
        #expect(counted([datagram(3544, [0x60] + zeros.prefix(39))]) == [.teredo: 1])
        #expect(counted([datagram(4790, [0x0c, 0, 0, 1, 0, 0, 0, 1])]) == [.vxlanGPE: 1])
        // Data of WireGuard alone may be anything else.
        #expect(tap([Tapped(data)], .raw).1.unknownDatagrams == 1)
    }
    /// Tunnels are opened up to the maximum depth, and not beyond.
    @Test func tunnelsInTunnels() {
        var packet = Wrapping.raw.packet(Wire2().say(text("deep"), at: 0))
        for depth in 1...Tunnel.maximumDepth + 1 {
            packet =
                [0x45, 0] + be16(20 + packet.count) + [0, 1, 0x40, 0, 64, 4, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2] + packet
            guard case .tcp = layers(packet, .raw) else {
                #expect(depth == Tunnel.maximumDepth + 1 && layers(packet, .raw) == .unopened(.nested))
                return
            }
        }
        #expect(Bool(false), "it is opened however deep it is")
    }
    @Test func headersThatLie() {
        func gre(_ head: [UInt8]) -> Layers {
            layers(
                [0x45, 0] + be16(20 + head.count) + [0, 1, 0x40, 0, 64, 47, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2] + head,
                .raw)
        }
        #expect(gre([0, 0, 8]) == .damaged && gre([0, 0, 8, 0]) == .damaged && gre([0xb0, 0, 8, 0, 1]) == .damaged)
        #expect(gre([0x40, 0, 8, 0, 0, 0, 0, 0]) == .unopened(.gre), "routing")
        #expect(gre([0, 2, 8, 0]) == .unopened(.gre), "version 2")
        #expect(gre([0, 0, 8, 6]) == .other, "ARP")
        #expect(layers(Wrapper.ethernet(0x8847, [UInt8](repeating: 0, count: 400))) == .damaged, "no last label")
        #expect(layers(Wrapper.ethernet(0x8864, [0x11, 9, 0, 5, 0, 4, 0, 0x21])) == .damaged, "no data of a session")
        #expect(layers(Wrapper.ethernet(0x8864, [0x11, 0, 0, 5, 0, 4, 0xc0, 0x21, 1, 1])) == .other, "LCP")
        #expect(
            layers(Wrapper.ethernet(0x8864, [0x11, 0, 0, 5, 0, 4, 0, 0xfd, 1, 1])) == .unopened(.ppp), "compression")
        // The length ends before the inner packet does.
        var short = packet(.pppoe, Wire2().say(text("hello"), at: 0))
        short[19] = 8
        #expect(layers(short) == .damaged)
    }
}
