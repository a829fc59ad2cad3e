import Node
import Testing
import Wire

@testable import WebSocket

private func observe(_ frames: [[UInt8]], from side: Opener = .us, missing: Int? = nil) -> [Finding] {
    var observer = ConnectionObserver()
    var findings: [Finding] = []
    for (i, bytes) in frames.enumerated() {
        if i == missing { observer.miss() }
        observer.observe(
            Frame.self, bytes.span.bytes, isGood: true, from: side, at: .zero, into: &findings)
    }
    return findings
}

@Test(
    arguments: [
        ([masked(.text, [1])], nil), ([masked(.text, [], fin: 0), masked(.ping, []), masked(.continuation, [])], nil),
        ([masked(.text, []) { $0.header.rsv1 = 1 }], nil), ([Frame(.text, [1]).encoded()], "WS-09"),
        ([masked(.text, []) { $0.header.length.stored = 126 }], "WS-13"),
        ([masked(.text, []) { $0.header.rsv3 = 1 }], "WS-27"), ([masked(Opcode(rawValue: 3), [])], "WS-27"),
        ([masked(.ping, []) { $0.header.rsv1 = 1 }], "WS-27"), ([masked(.continuation, [])], "WS-28"),
        ([masked(.text, [], fin: 0), masked(.text, [])], "WS-28"), ([masked(.ping, [], fin: 0)], "WS-28"),
        ([masked(.ping, [UInt8](repeating: 0, count: 126))], "WS-28"),
    ] as [([[UInt8]], String?)])
func findings(frames: [[UInt8]], requirement: String?) {
    let found = observe(frames)
    #expect(found.map(\.requirement) == (requirement.map { [$0] } ?? []))
    #expect(found.allSatisfy { $0.severity == .violation })
}

@Test func findingsOfServers() {
    #expect(observe([masked(.text, [])], from: .them).map(\.requirement) == ["WS-08"])
    #expect(observe([Frame(.text, []).encoded()], from: .them).isEmpty)
}

@Test(
    arguments: [
        ([], nil), ([0x03, 0xe8], nil), ([0x13, 0x87, 0xc3, 0xbc], nil), ([0x03, 0xf6], nil),
        // These codes are reserved: later specifications may define them.
        ([0x03, 0xec], nil), ([0x0b, 0xb7], nil),
        ([0x03], "WS-38"), ([0x00, 0x00], "WS-38"), ([0x03, 0xe7], "WS-38"), ([0x03, 0xed], "WS-38"),
        ([0x03, 0xee], "WS-38"), ([0x03, 0xf7], "WS-38"), ([0x13, 0x88], "WS-38"),
        ([0x03, 0xe8, 0xc3, 0x28], "WS-38"), ([0x03, 0xe8, 0xc3], "WS-38"),
    ] as [([UInt8], String?)])
func judgesPayloadOfCloseFrames(payload: [UInt8], requirement: String?) {
    let wanted = requirement.map { [$0] } ?? []
    #expect(observe([Frame(.close, payload).encoded()], from: .them).map(\.requirement) == wanted)
    #expect(observe([masked(.close, payload)]).map(\.requirement) == wanted)
}

@Test func reportsDataAfterCloseFrame() {
    let close = masked(.close, [0x03, 0xe8])
    for data in [masked(.text, [1]), masked(.binary, [])] {
        #expect(observe([close, data]).map(\.requirement) == ["WS-39"])
        // After a gap the bytes may be a part of a payload.
        #expect(observe([close, data], missing: 1).isEmpty)
    }
    let rest = [masked(.text, [], fin: 0), close, masked(.continuation, [])]
    #expect(observe(rest).map(\.requirement) == ["WS-39"])
    #expect(observe([masked(.text, []), masked(.close, [3])], missing: 1).isEmpty)
    // Control frames may follow, including a second Close frame.
    #expect(observe([close, masked(.ping, []), masked(.pong, []), close]).isEmpty)
}

/// After a gap, the start of a message may be missing.
@Test func findingsBehindAGap() {
    #expect(observe([masked(.text, []), masked(.continuation, [])], missing: 1).isEmpty)
    #expect(observe([masked(.text, [], fin: 0), masked(.text, [])], missing: 1).isEmpty)
    #expect(observe([masked(.text, []), masked(.continuation, []), masked(.continuation, [])], missing: 1).count == 1)
}

/// Each rule of a frame's form has a fault. Heads (`HandshakeWatch`) and Close frames break the other rules.
@Test func rulesOfFaults() {
    let faults: [FrameFault] = [
        .reservedBit, .reservedOpcode(.text), .unmaskedFromClient, .maskedFromServer, .lengthNotShortest,
        .compressedWhereNotAllowed, .fragmentedControl, .longControl, .continuationOfNothing, .messageInsideMessage,
        .frameTooBig(1), .tooManyFragments,
    ]
    let others: Set<WebSocketRule> = [.ws02, .ws03, .ws04, .ws05, .ws38, .ws39, .ws42]
    #expect(Set(faults.compactMap { WebSocketRule($0) }) == Set(WebSocketRule.allCases).subtracting(others))
    #expect(faults.allSatisfy { !$0.text.isEmpty && $0.text.utf8.count <= 123 })
}
