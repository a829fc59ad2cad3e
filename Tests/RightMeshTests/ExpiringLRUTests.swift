import Node
import Testing
import Wire

@testable import RightMesh

/// Tables that forget what is oldest.
struct ExpiringLRUTests {
    /// What it does, held against an array.
    @Test func isAsAnArray() {
        var random = Random(seed: 7)
        var (table, model) = (ExpiringLRU<UInt32, Int>(), [(key: UInt32, value: Int, time: Int64)]())
        for step in 0..<5000 {
            let key = UInt32.random(in: 0..<60, using: &random)
            let now = Instant(nanoseconds: Int64(step))
            let known = model.firstIndex { $0.key == key }
            #expect(table[key] == known.map { model[$0].value } && table.has(key) == (known != nil))
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2:
                table.set(key, step, at: now)
                if let known { model.remove(at: known) }
                model.append((key, step, now.nanoseconds))
            case 3:
                let place = table.place(of: key, at: now, orNew: step)
                table[at: place] += 1
                let old = known.map { model.remove(at: $0).value } ?? step
                model.append((key, old + 1, now.nanoseconds))
            case 4...5:
                #expect(table.remove(key) == known.map { model.remove(at: $0).value })
            case 6:
                let gone = table.removeAll(olderThan: .nanoseconds(90), now: now)
                #expect(gone == model.count { $0.time + 90 <= now.nanoseconds })
                model.removeAll { $0.time + 90 <= now.nanoseconds }
            default:
                table.trim(to: 40)
                model = model.suffix(40)
            }
            #expect(table.count == model.count && table.first?.key == model.first?.key)
        }
        #expect(table.all.map(\.key) == model.map(\.key) && table.all.map(\.value) == model.map(\.value))
        #expect(table.count > 10)
    }
    /// Messages that were whole are found until they are too old or too many, wherever their places begin again.
    @Test(arguments: [0, 1 << 31 - 300]) func doneMessages(start: Int) {
        var done = DoneMessages(start: start)
        func key(_ n: Int, life: UInt64 = 1) -> DoneMessages.Key {
            var h = Header(.info)
            h.msgID = UInt32(n)
            return DoneMessages.Key(life: life, h)
        }
        func bodies() -> [UInt32?] { [0, 1, 499, 500, 998, 999].map { done[key($0)]?.bodyCRC } }
        for n in 0..<1000 {
            done.add(
                key(n), DoneMessages.Done(number: n, bodyCRC: UInt32(n + 1), bodyLen: 8),
                at: Instant(nanoseconds: Int64(n)))
        }
        #expect(bodies() == [1, 2, 500, 501, 999, 1000] && done.count == 1000)
        #expect(done[key(7, life: 2)] == nil && done[key(1000)] == nil)
        done.removeAll(olderThan: 501, now: Instant(nanoseconds: 1000))
        #expect(bodies() == [nil, nil, nil, 501, 999, 1000] && done.count == 500)
        done.trim(to: 1)
        #expect(bodies() == [nil, nil, nil, nil, nil, 1000] && done.count == 1)
        done.removeAll(olderThan: 0, now: Instant(nanoseconds: 1000))
        done.add(key(0), DoneMessages.Done(number: 5, bodyCRC: 9, bodyLen: 8), at: Instant(nanoseconds: 1000))
        #expect(bodies() == [9, nil, nil, nil, nil, nil] && done[key(0)]?.number == 5)
    }
}
