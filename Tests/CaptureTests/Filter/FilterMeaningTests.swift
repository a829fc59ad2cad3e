import Nano
import Testing
import Wire

@testable import Capture

/// Tests of literals in the notation of users: accounts, amounts, names of bits, dates.
struct FilterMeaningTests {
    let records = FilterTests()
    private func passes(_ text: String, _ message: some Message) throws -> Bool {
        let bytes = message.encoded()
        return try records.passes(text, bytes, records.record(bytes, type(of: message)))
    }

    @Test(arguments: [
        ("state.balance > 1000", true), ("nano.publish.state.balance > 1000", true), ("state.balance > 1.5nano", false),
        ("state.balance >= 1.5nano", true), ("state.balance == 1.5NANO", true), ("state.balance == '1.5 NANO'", true),
        ("state.balance == 1500000000000000000000000000000", true), ("state.balance in {1nano..2nano}", true),
        ("state.balance == 0x12eec2eb3869af64df60000000", true),
        ("state.balance == 00000012eec2eb3869af64df60000000", true), ("state.balance != 0", true),
        ("state.balance / 1nano == 1", true), ("state.balance * 2 == 3nano", true),
        ("state.balance - 1 < 1.5nano", true),
        ("state.balance + 1 > 1.5nano", true), ("state.balance & 1", false), ("all state.balance > 0", true),
        ("state.work == 0x8a3f000000000000", true), ("state.work & 0xff", false),
        ("extensions & block_type == 0x600", true),
        ("extensions & originator", false),
    ])
    func publish(_ text: String, _ wanted: Bool) throws {
        var block = StateBlock()
        let amount: UInt128 = 1_500_000_000_000_000_000_000_000_000_000
        block.balance = Fixed((0..<16).map { UInt8(truncatingIfNeeded: amount >> (120 - 8 * UInt128($0))) }) ?? Fixed()
        block.work = 0x8a3f_0000_0000_0000
        var m = Publish()
        m.block = .state(block)
        #expect(try passes(text, m) == wanted)
    }
    /// The largest amount needs all 128 bits.
    @Test func genesis() throws {
        var block = StateBlock()
        block.balance = Fixed(repeating: 0xff)
        var m = Publish()
        m.block = .state(block)
        for text in [
            "state.balance == 340282366920938463463374607431768211455", "state.balance > 340282366nano",
            "state.balance == ffffffffffffffffffffffffffffffff", "state.balance - 1 > 340282366nano",
            "not state.balance + 1 > 0", "state.balance > -1", "state.balance == 0xffffffffffffffffffffffffffffffff",
        ] { #expect(try passes(text, m), "\(text)") }
    }
    @Test func accounts() throws {
        let text = try #require(Self.text(FilterTests.handshake))
        #expect(text.hasPrefix("node_1"))
        let other = String(text.dropLast()) + (text.last == "1" ? "3" : "1")
        for (filter, wanted) in [
            ("response.node_id == \(text)", true), ("response.node_id == nano_\(text.dropFirst(5))", true),
            ("response.node_id contains \(text.prefix(14))", true), ("response.node_id contains node_9", false),
            ("response.node_id matches /\(text.prefix(12))..*/", true), ("response.node_id matches /33.*/", true),
            ("response.node_id not matches /node_9.*/", true), ("response.node_id not matches /NODE_1.*/", false),
            ("response.node_id contains 3333", true), ("response.node_id in {\(text)}", true),
            ("response.node_id[0:2] == 33:33", true),
        ] {
            let bytes = FilterTests.handshake
            #expect(try records.passes(filter, bytes) == wanted, "\(filter)")
        }
        let error = try #require(throws: FilterError.self) { try Filter("response.node_id == \(other)", [.nano]) }
        #expect(error.message.contains("or a node id (node_ and 60 characters)"))
    }
    static func text(_ bytes: [UInt8]) -> String? {
        let meaning = NodeIDHandshake.field("response.node_id")?.meaning
        guard case .form(let form) = meaning else { return nil }
        return form.text([UInt8](repeating: 0x33, count: 32))
    }
    @Test func dates() throws {
        var m = ConfirmAck()
        m.vote.timestamp = 1_767_323_045_056
        for (filter, wanted) in [
            ("timestamp > 2026-01-02", true), ("timestamp > 2026-01-02T03:04:05.050Z", true),
            ("timestamp >= 2026-01-02T03:04:06Z", false), ("timestamp == 1767323045056", true),
            ("timestamp in {2026-01-01..2026-01-03}", true), ("timestamp - 56 == 1767323045000", true),
        ] { #expect(try passes(filter, m) == wanted, "\(filter)") }
    }
    @Test func errors() throws {
        for (filter, message) in [
            ("state.balance > 1.5nan", "wants an amount (1000 raw as `1000`, or `1.5nano`)"),
            ("state.balance contains 01", "`contains` goes with text and bytes, not with an amount"),
            ("nano.node_id_handshake.extensions & v9", "or one of query, response, v2"),
            ("state.balance[0:2] == 1", "not of an amount"),
        ] {
            let error = try #require(throws: FilterError.self, "\(filter)") { try Filter(filter, [.nano]) }
            #expect(error.message.contains(message), "\(error.message)")
        }
    }
}
