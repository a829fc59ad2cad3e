import Node
import Testing

@testable import Capture

/// Tests of the table of connections, compared with a dictionary.
struct FlowIndexTests {
    @Test(arguments: 0..<4 as Range<UInt64>) func sameAsADictionary(_ seed: UInt64) {
        var random = Random(seed: seed)
        var index = HashIndex(slots: 64)
        var wanted: [UInt32: Int] = [:]
        var places: [Int: UInt32] = [:]
        // There are few different hashes, so that many use the same slot.
        for round in 0..<20_000 {
            let hash = UInt32.random(in: 0..<3000, using: &random) &* 0x10001
            if let old = wanted[hash] {
                #expect(index.find(hash) { places[$0] == hash } == old)
                if Bool.random(using: &random) {
                    index.remove(hash, old)
                    wanted[hash] = nil
                    places[old] = nil
                    #expect(index.find(hash) { places[$0] == hash } == nil)
                }
            } else {
                #expect(index.find(hash) { places[$0] == hash } == nil)
                index.insert(hash, round)
                wanted[hash] = round
                places[round] = hash
            }
        }
        for (hash, place) in wanted { #expect(index.find(hash) { places[$0] == hash } == place) }
    }
    @Test func bothDirections() {
        let flows = FlowStore()
        let (a, b) = LayersTests.v6
        #expect(flows.hash(a, b, .tcp) == flows.hash(b, a, .tcp))
        #expect(flows.hash(a, b, .tcp) != flows.hash(a, b, .udp))
    }
}
