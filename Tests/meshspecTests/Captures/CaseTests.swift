import TestThreads
import Testing

@testable import meshspec

/// Tests the verdicts on the difficult captures in `Captures/cases`.
@Suite(.waits) struct CaseTests {
    struct Case {
        var file: String
        var status: Int32
        /// Texts that the output must contain.
        var has: [String] = []
        /// Texts that the output must not contain.
        var lacks = ["violation  form", "violation  GS-84", "violation  WS"]
        var options = ""
    }
    static let cases = [
        Case(file: "rust-plaintext.pcap", status: 0, has: ["pass: no requirement was violated (judged: 99.0 % of "]),
        Case(file: "one-segment-mplex.pcap", status: 6, has: ["bytes that cannot be read because"]),
        Case(file: "one-segment-dxos.pcap", status: 6),
        Case(file: "one-segment-peerpigeon.pcap", status: 6),
        Case(
            file: "dxos-mid.pcap", status: 0,
            has: ["the upgrade was not seen", "3 connections captured from the middle: the beginning", "100.0 %"],
            lacks: ["violation  SIG"]),
        Case(file: "dxos-nosyn.pcap", status: 0, has: ["0 violations and 0 warnings in 197 messages"]),
        Case(file: "eph-44000.pcap", status: 0, has: ["0 violations and 0 warnings in 197 messages"]),
        Case(file: "dxos-dir0.pcap", status: 6, has: ["the answer to the upgrade was not seen", "judged: 98.1 %"]),
        Case(file: "ws-after-health.pcap", status: 0, has: ["judged: 100.0 %"]),
        Case(file: "key-escape.pcapng", status: 1, has: ["violation  HUB-01"], lacks: ["\u{1b}", "\u{202e}"]),
        Case(file: "tls12-no-syn.pcap", status: 6, has: ["that stay encrypted"]),
        Case(file: "tls12-client-only.pcap", status: 6, has: ["that stay encrypted"]),
        Case(file: "ws-data-after-rst.pcap", status: 6, has: ["most of it cannot be read"]),
        Case(file: "h2c.pcap", status: 5, has: ["1 connection of no known protocol"]),
        Case(file: "upgrade-tcp.pcap", status: 5, has: ["1 connection of no known protocol"]),
        Case(file: "monitor-gs84-js.pcapng", status: 1, has: ["violation  GS-86"]),
        Case(
            file: "ws-401-violation.pcap", status: 1, has: ["violation  WS-08", "violation  WS-09"], lacks: ["form"]),
        Case(file: "ws-426-retry.pcap", status: 0, has: ["judged: 100.0 %"]),
        Case(file: "ws-103.pcap", status: 0, has: ["judged: 100.0 %"]),
        Case(file: "ws-wrong-accept.pcap", status: 1, has: ["violation  WS-02"], lacks: ["form"]),
        Case(
            file: "ws-bad-request.pcap", status: 1,
            has: ["violation  WS-03", "warning    WS-04", "violation  WS-05"], lacks: ["form"]),
        Case(file: "ws-unoffered.pcap", status: 1, has: ["violation  WS-42"], lacks: ["form"]),
        Case(
            file: "ws-noreason.pcap", status: 1, has: ["violation  form", "status: malformed", "judged: 100.0 %"],
            lacks: ["violation  WS"]),
        Case(
            file: "ws-garbage-deflate.pcap", status: 1, has: ["violation  form", "wants compressed data"], lacks: []),
        Case(
            file: "tls-libp2p.pcap", status: 6,
            has: ["use /tls/1.0.0 from here on, which is not decoded", "most of it cannot be read"]),
        Case(file: "ppp.pcap", status: 0, has: ["judged: 100.0 % of 295 bytes"]),
        Case(file: "gtp.pcap", status: 0, has: ["judged: 100.0 % of 295 bytes"]),
        Case(file: "nflog.pcap", status: 1, has: ["NANO-37", "NANO-40", "judged: 100.0 % of 1824 bytes"]),
        Case(file: "nano-fragd.pcap", status: 0, has: ["judged: 100.0 % of 6860 bytes"]),
        Case(file: "nano-udp.pcap", status: 5, has: ["2 datagrams of Nano over UDP, which is not supported"]),
        Case(
            file: "nano-udp.pcap", status: 5, has: ["2 datagrams of Nano over UDP, which is not supported"],
            options: "-d udp.port==7075,nano"),
        Case(file: "quic.pcap", status: 5, has: ["datagrams of QUIC, which is encrypted"]),
    ]
    @Test(arguments: cases.indices) func captureGetsItsVerdict(_ i: Int) throws {
        let one = Self.cases[i]
        let out = try Shell.run("meshspec decode --monitor -o none \(one.options) Captures/cases/\(one.file)")
        #expect(out.status == one.status, "\(one.file): \(out.err)")
        for text in one.has { #expect(out.err.contains(text), "\(one.file): \(out.err)") }
        for text in one.lacks { #expect(!out.err.contains(text), "\(one.file): \(out.err)") }
    }
    /// The messages of DXOS in TLS 1.2, by the keys in the capture, are those of the same connection without TLS.
    @Test func decodesDXOSInTLS12() throws {
        func messages(_ capture: String, _ filter: String) throws -> String {
            try Shell.run(
                "meshspec decode -o fields=message,sender,bytes -Y '\(filter) and message != dxos.finding' \(capture)"
            ).out
        }
        let plain = try messages("Captures/dxos/dxos-signal-two-peers.pcap", "port == 34836")
        #expect(plain.contains("dxos.response"))
        #expect(try messages("Captures/tls/wrapped-ecdhe-aes128-gcm.pcapng", "path contains tls") == plain)
    }
    /// Without a monitor, `decode` names the tunnels and protocols that it does not read.
    @Test func decodeReportsNanoOverUDP() throws {
        let out = try Shell.run("meshspec decode Captures/cases/nano-udp.pcap")
        #expect(out.err.contains("2 UDP datagrams are Nano over UDP, which is not supported"), "\(out.err)")
    }
    /// Without a monitor, `decode` reports why it shows nothing.
    @Test func decodeReportsQUIC() throws {
        let out = try Shell.run("meshspec decode Captures/cases/quic.pcap")
        #expect(out.err.contains("UDP datagrams are QUIC") && !out.err.contains("-d tcp.port"), "\(out.err)")
    }
}
