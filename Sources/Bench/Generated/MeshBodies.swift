import Node

/// The body of a message of a generated mesh, independent of the sender.
struct MeshBody {
    /// The first section.
    var section: [UInt8] = []
    /// The superpeers in another section, after the sender; nil if the section is missing.
    var superpeers: [UInt8]?

    /// Appends the body as the sender with this id and IPv4 address writes it.
    func append(to message: inout [UInt8], from sender: [UInt8], at address: [UInt8]) {
        message += section
        guard let superpeers else { return }
        message += MeshBodies.head(2, flags: 0, length: 44, count: superpeers.count / 44 + 1)
        message += MeshBodies.superpeer(sender, address, hop: 0) + superpeers
    }
}

/// The bodies for all messages of a generated mesh.
struct MeshBodies {
    private(set) var (hellos, helloAcks, infos, infoAcks): ([MeshBody], [MeshBody], [MeshBody], [MeshBody]) =
        ([], [], [], [])
    /// The FINDs, and the answers to them at the same indices.
    private(set) var (finds, findAcks): ([MeshBody], [MeshBody]) = ([], [])

    init(_ random: inout Random) {
        for _ in 0..<48 {
            hellos.append(Self.hello(&random))
            helloAcks.append(Self.hello(&random))
            infos.append(MeshBody(section: Self.peers(Self.size(&random) / 4, isSnapshot: true, &random)))
            let tracked = Self.peers(Int.random(in: 0..<8, using: &random), isSnapshot: false, &random)
            infoAcks.append(MeshBody(section: tracked, superpeers: Self.superpeers(0..<49, &random)))
        }
        for _ in 0..<24 {
            let targets = (0..<Int.random(in: 1..<60, using: &random)).map { _ in random.bytes(20) }
            finds.append(
                MeshBody(
                    section: Self.head(3, flags: 0, length: 24, count: targets.count)
                        + targets.flatMap { $0 + [0, 0, 0, 1] }))
            // Some of the requested peers are online.
            let online = targets.prefix(Int.random(in: 0..<30, using: &random))
            findAcks.append(
                MeshBody(
                    section: Self.head(1, flags: 0, length: 24, count: online.count)
                        + online.flatMap { $0 + Self.place(&random) }))
        }
    }

    /// Returns the first 8 bytes of a section.
    static func head(_ kind: UInt8, flags: UInt8, length: UInt8, count: Int) -> [UInt8] {
        [kind, flags, 0, length, 0, 0, UInt8(count >> 8), UInt8(count & 255)]
    }
    /// Returns a superpeer at an IPv4 address.
    static func superpeer(_ id: [UInt8], _ address: [UInt8], hop: UInt8) -> [UInt8] {
        id + [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + address + [0x9c, 0x40, 4, hop, 0, 0, 0, 0]
    }
    private static func hello(_ random: inout Random) -> MeshBody {
        MeshBody(section: peers(size(&random), isSnapshot: true, &random), superpeers: superpeers(0..<11, &random))
    }
    /// Returns a random number of peers. It is mostly small, but sometimes fills several datagrams.
    private static func size(_ random: inout Random) -> Int {
        let draw = Int.random(in: 0..<100, using: &random)
        return Int.random(in: draw < 50 ? 0..<12 : draw < 85 ? 12..<331 : 331..<2000, using: &random)
    }
    private static func peers(_ count: Int, isSnapshot: Bool, _ random: inout Random) -> [UInt8] {
        head(1, flags: isSnapshot ? 1 : 0, length: 24, count: count)
            + (0..<count).flatMap { _ in random.bytes(20) + place(&random) }
    }
    /// Returns the hops, role and age of a peer.
    private static func place(_ random: inout Random) -> [UInt8] {
        [
            UInt8.random(in: 1..<15, using: &random), UInt8.random(in: 0..<6, using: &random), 0,
            UInt8.random(in: 0..<30, using: &random),
        ]
    }
    private static func superpeers(_ count: Range<Int>, _ random: inout Random) -> [UInt8] {
        (0..<Int.random(in: count, using: &random)).flatMap { _ in
            superpeer(random.bytes(20), [10] + random.bytes(3), hop: 1)
        }
    }
}
