import Testing
import Wire

@testable import Node
@testable import RightMesh

@Suite struct FragmenterTests {
    /// RM-10: 330 peers fill a datagram exactly. The rows have the datagrams and bytes from the table of the
    /// specification, and cases with superpeers.
    @Test(
        arguments: [
            (0, nil, 8000, 1, 80), (1, nil, 8000, 1, 104), (330, nil, 8000, 1, 8000), (331, nil, 8000, 2, 8096),
            (1000, nil, 8000, 4, 24_296), (5000, nil, 8000, 16, 121_160), (10_000, nil, 8000, 31, 242_240),
            (65_536, nil, 8000, 199, 1_587_200), (20, nil, 256, 3, 704), (0, 1, 8000, 1, 132), (329, 1, 8000, 2, 8100),
            (328, 1, 8000, 2, 8076), (327, 1, 8000, 1, 7980), (50, 2, 8000, 1, 1376), (1000, 5, 8000, 4, 24_524),
            (1000, 10, 1400, 19, 25_824),
        ] as [(Int, Int?, Int, Int, Int)])
    func costs(peers: Int, superpeers: Int?, maxDatagram: Int, datagrams: Int, bytes: Int) throws {
        var m = Hello()
        m.header.src = MeshID(repeating: 1)
        m.body.peers = Peers(Maker.peers(peers), isSnapshot: true)
        if let superpeers {
            m.body.superpeers = Superpeers([Superpeer](repeating: .init(), count: superpeers))
        }
        let cut = try Fragmenter.split(m.encoded().span.bytes, maxDatagram: maxDatagram)
        #expect(cut.count == datagrams && cut.reduce(0) { $0 + $1.count } == bytes)
        #expect(cut.allSatisfy { $0.count <= maxDatagram })
    }
    /// RM-48: each fragment begins with a record or with the header of a section.
    @Test(arguments: [256, 257, 300, 1400, 8000]) func cutsBeforeRecords(maxDatagram: Int) throws {
        let whole = Maker.message(peers: 1000)
        let boundaries = Set((0..<1000).map { 8 + 24 * $0 } + [0])
        var at = 0
        for d in try Fragmenter.split(whole.span.bytes, maxDatagram: maxDatagram) {
            #expect(at == 0 || at > 8 && boundaries.contains(at), "cut at \(at)")
            at += d.count - 72
        }
        #expect(at == 8 + 24 * 1000)
    }
    /// RM-56, and messages that no datagram can contain.
    @Test func limits() {
        func refusal(_ message: [UInt8], _ maxDatagram: Int = 8000) -> FragmentError? {
            do throws(FragmentError) {
                _ = try Fragmenter.split(message.span.bytes, maxDatagram: maxDatagram)
                return nil
            } catch { return error }
        }
        #expect(refusal(Maker.message(peers: 65_536)) == nil)
        #expect(refusal(Maker.message(peers: 65_537)) == .records(65_537))
        #expect(refusal([UInt8](repeating: 0, count: 72 + 2_097_153)) == .body(2_097_153))
        #expect(refusal([UInt8](repeating: 0, count: 72 + 2_097_152), 256) == nil)
        #expect(refusal([UInt8](repeating: 0, count: 71)) == .noMessage)
        for n in [.min, -1, 0, 255, 8001, .max] { #expect(refusal(Maker.message(peers: 1), n) == .maxDatagram(n)) }
        var m = Hello()
        m.body.peers = Peers(Maker.peers(2), isSnapshot: true)
        m.body.peers?.recLen.stored = 200
        #expect(refusal(m.encoded(), 256) == .record(208))
        #expect(refusal(m.encoded(), 300) == nil)
        // 16,385 fragments: the records of an unused section fill a datagram each.
        var s = SkippedSection()
        (s.recLen, s.count) = (128, 16_380)
        s.content = Bytes([UInt8](repeating: 1, count: 128 * 16_380))
        m.body.skipped = [s]
        m.body.peers?.recLen.stored = 100
        #expect(refusal(m.encoded(), 256) == nil)
        m.body.peers = nil
        (m.body.skipped[0].recLen, m.body.skipped[0].count) = (93, 22_000)
        m.body.skipped[0].content = Bytes([UInt8](repeating: 1, count: 93 * 22_000))
        #expect(refusal(m.encoded(), 256) == .fragments(22_000))
    }
    /// Bytes that are not a body are split where a datagram is full, so that a scenario can send them.
    @Test func lies() throws {
        var whole = Maker.message(peers: 2) + [UInt8](repeating: 0x55, count: 1000)
        whole[60] = 0xff
        let cut = try Fragmenter.split(whole.span.bytes, maxDatagram: 256)
        #expect(cut.flatMap { $0[72...] } == Array(whole[72...]))
        #expect(cut.allSatisfy { $0[60] == 0xff && $0.count <= 256 })
        #expect(cut.dropFirst().dropLast().allSatisfy { $0.count == 256 })
        Fragmenter.seal(&whole)
        let header = try #require(try? Header(copying: Array(whole[..<72])))
        #expect(header.bodyLen.count == whole.count - 72)
        #expect(UInt64(header.bodyCRC.value) == BodyCRC.of(whole.span.bytes.extracting(72...)))
    }
}
