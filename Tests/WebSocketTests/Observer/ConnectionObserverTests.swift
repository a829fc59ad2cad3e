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

/// Behind a gap the beginning of a message may be what is missing.
@Test func findingsBehindAGap() {
    #expect(observe([masked(.text, []), masked(.continuation, [])], missing: 1).isEmpty)
    #expect(observe([masked(.text, [], fin: 0), masked(.text, [])], missing: 1).isEmpty)
    #expect(observe([masked(.text, []), masked(.continuation, []), masked(.continuation, [])], missing: 1).count == 1)
}

/// Every rule can be found.
@Test func rulesOfFaults() {
    let faults: [FrameFault] = [
        .reservedBit, .reservedOpcode(.text), .unmaskedFromClient, .maskedFromServer, .lengthNotShortest,
        .compressedWhereNotAllowed, .fragmentedControl, .longControl, .continuationOfNothing, .messageInsideMessage,
        .frameTooBig(1), .tooManyFragments,
    ]
    #expect(Set(faults.compactMap { WebSocketRule($0) }) == Set(WebSocketRule.allCases))
    #expect(faults.allSatisfy { !$0.text.isEmpty && $0.text.utf8.count <= 123 })
}
