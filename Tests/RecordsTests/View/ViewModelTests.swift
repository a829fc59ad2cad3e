import Capture
import Nano
import Node
import Testing
import Wire

@testable import Records

/// The effects of keys and messages on a view.
struct ViewModelTests {
    @Test func movingInTheList() throws {
        var model = try ViewSamples.model()
        #expect(model.number == 1)
        model.press(.down, .down)
        #expect(model.number == 3)
        model.press(.up, .up, .up, .up)
        #expect(model.number == 1)
        model.press(.pageDown)
        #expect(model.number == model.layout.listRows)
        model.press(.end)
        let last = model.number
        model.press(.down, .pageDown)
        #expect(model.number == last && model.shown.end == last)
        model.press(.character("g"))
        #expect(model.number == 1)
    }
    /// The selection follows new messages at the end of the list. After a move up, it remains.
    @Test func theEnd() throws {
        let messages = try ViewSamples.messages(ViewSamples.good)
        var model = ViewModel(ViewSamples.definitions, .live)
        for message in messages.prefix(5) { model.add(message) }
        model.work(100)
        #expect(model.number == 5)
        model.add(messages[5])
        model.work(100)
        #expect(model.number == 6)
        model.press(.up)
        model.add(messages[6])
        model.work(100)
        #expect(model.number == 5)
        model.press(.character("G"))
        #expect(model.number == 7)
    }
    /// A key that selects another filter reports it, because later keys wait for the filter.
    @Test func anotherFilterIsTold() throws {
        var model = try ViewSamples.model()
        func take(_ key: Key) -> ViewRequest {
            let request = model.take(key)
            model.work(.max >> 1)
            return request
        }
        #expect(take(.escape) == .none && take(.character("/")) == .none)
        for c in "flow == ".unicodeScalars { #expect(take(.character(c)) == .none) }
        #expect(take(.enter) == .none && take(.character("1")) == .none)
        #expect(take(.enter) == .filter && take(.escape) == .filter)
        #expect(take(.character("f")) == .none && take(.enter) == .filter && take(.character("F")) == .filter)
    }
    @Test func filters() throws {
        var model = try ViewSamples.model()
        let all = model.shown.count
        model.press(.down, .down, .down)
        #expect(model.number == 4)
        model.press(.character("/"))
        model.type("nano.telemetry_req")
        // The filter has no effect until it is confirmed.
        #expect(model.shown.count == all && model.input?.text == "nano.telemetry_req")
        model.press(.enter)
        #expect(model.input == nil && model.number == 9 && model.shown.count < all)
        // The earlier selection is restored.
        model.press(.escape)
        #expect(model.filter == nil && model.shown.count == all)
        // An error remains below the input, with its place. The earlier filter also remains.
        model.press(.character("/"))
        model.type("flow == 1")
        model.press(.enter, .character("/"))
        let some = model.shown.count
        model.type(" and nano.keepalve")
        model.press(.enter)
        #expect(model.input?.error?.range == 14..<27)
        #expect(model.filter?.text == "flow == 1" && model.shown.count == some)
        #expect(model.screen[2].hasSuffix("^") && model.screen[3].contains("nano.keepalive"))
        model.press(.backspace)
        #expect(model.input?.error == nil)
        model.press(.escape)
        #expect(model.filter?.text == "flow == 1")
        // The input is empty.
        model.press(.character("/"), .control("u"), .enter)
        #expect(model.filter == nil && model.shown.count == all)
    }
    /// The filter processes the present messages in pieces, and also the messages that arrive meanwhile.
    @Test func filtersInPieces() throws {
        let messages = try ViewSamples.messages(ViewSamples.good)
        var model = ViewModel(ViewSamples.definitions, .reading, filter: try Filter("n != 2", [.nano]))
        for message in messages.prefix(10) { model.add(message) }
        model.work(3)
        #expect(model.shown.count == 2 && model.hasWork)
        model.add(messages[10])
        model.work(100)
        #expect(model.shown.count == 10 && !model.hasWork)
    }
    @Test func findings() throws {
        var model = try ViewSamples.model(ViewSamples.bad)
        var found: [Int] = []
        for _ in 0..<4 {
            model.press(.character("n"))
            found.append(model.number ?? 0)
        }
        #expect(found == [2, 4, 6, 8])
        model.press(.character("N"))
        #expect(model.number == 6)
        model.press(.home, .character("N"))
        #expect(model.notice.contains("no malformed"))
    }
    @Test func following() throws {
        var model = try ViewSamples.model()
        model.press(.character("f"))
        let labels = model.menu?.choices.map(\.label) ?? []
        #expect(labels.first == "conversation 1: 127.0.0.1:40358 > 127.0.0.1:7075")
        #expect(labels.contains { $0.hasPrefix("peer aebc0c99") })
        model.press(.enter)
        #expect(model.filter?.text == "flow == 1" && model.menu == nil)
        model.press(.character("F"))
        #expect(model.filter == nil)
        // Each choice is a filter.
        for i in labels.indices {
            model.press(.character("f"))
            for _ in 0..<i { model.press(.down) }
            model.press(.enter)
            #expect(model.filter != nil && model.input == nil && !model.shown.isEmpty, "\(labels[i])")
            model.press(.escape)
        }
    }
    @Test func theTreeFolds() throws {
        var model = try ViewSamples.model()
        model.press(.down, .down, .down, .enter)
        #expect(model.pane == .tree)
        let all = model.tree?.shown.count ?? 0
        // The fold of the message itself hides the sources of its parts.
        model.press(.enter)
        #expect(model.tree?.shown.count == all - 2)
        model.press(.right)
        #expect(model.tree?.shown.count == all)
        // The keys select the group around a field and fold it.
        model.press(.end, .left)
        let group = model.treeRow
        #expect(model.tree.map { $0.rows[$0.shown[group]].isFoldable } == true)
        model.press(.character(" "))
        #expect((model.tree?.shown.count ?? all) < all && model.treeRow == group)
        // Another message of its kind is folded in the same way.
        model.press(.tab, .tab, .character("/"))
        model.type("nano.keepalive")
        model.press(.enter)
        model.press(.down)
        #expect(model.number != 4 && (model.tree?.shown.count ?? all) < all)
    }
    @Test func sideways() throws {
        var model = try ViewSamples.model()
        model.press(.right, .character(">"), .left)
        #expect(model.listShift == 10 && model.screen[3].hasSuffix("query a5cfb0a4.. 40 B"))
        model.press(.tab, .character(">"), .character("<"), .character("<"))
        #expect(model.treeShift == 0 && model.listShift == 10)
    }
    @Test func bytesAndFields() throws {
        var model = try ViewSamples.model()
        model.press(.down, .tab, .end)
        let range = try #require(model.marked)
        #expect(!range.isEmpty && model.byte == range.lowerBound)
        // A byte selects its field.
        model.press(.tab, .home)
        #expect(model.marked == 0..<2)
        model.press(.right, .right)
        #expect(model.marked == 2..<3)
        model.press(.up)
        #expect(model.byte == 2)
        model.press(.end)
        #expect(model.byte == model.message.map { $0.bytes.count - 1 })
    }
    /// Beyond its memory, the view drops the oldest messages or accepts no newer ones, and reports it.
    @Test func memory() throws {
        let messages = try ViewSamples.messages(ViewSamples.good)
        var options = ViewModel.Options()
        options.memory = 20_000
        var first = ViewModel(ViewSamples.definitions, .reading, options)
        let taken = messages.count { first.add($0) }
        first.work(1000)
        #expect(taken > 3 && taken < messages.count && first.shown.count == taken)
        #expect(first.screen.last?.contains("only the first are kept") == true)
        options.keepsNewest = true
        var newest = ViewModel(ViewSamples.definitions, .live, options)
        for message in messages {
            newest.add(message)
            newest.work(1000)
        }
        let dropped = newest.store.rows.start
        #expect(dropped > 0 && newest.store.cost <= 20_000 && newest.number == messages.last?.record.number)
        #expect(newest.screen.last?.contains("\(dropped) oldest dropped") == true)
        newest.press(.home)
        #expect(newest.number == messages[dropped].record.number)
    }
    /// If the selected message is dropped, the next one is selected.
    @Test func droppedUnderTheCursor() throws {
        let messages = try ViewSamples.messages(ViewSamples.good)
        let model = try ViewSamples.model { ($0.memory, $0.keepsNewest) = (20_000, true) }
        #expect(model.number == messages[model.store.rows.start].record.number)
        #expect(model.screen.contains { $0.contains(" #\(model.number ?? 0) ") })
    }
    @Test func queue() {
        var queue = RowQueue<Int>()
        for i in 0..<5000 {
            queue.append(i)
            if i >= 10 { queue.removeFirst() }
        }
        #expect(queue.start == 4990 && queue.end == 5000 && queue.count == 10)
        #expect((4990..<5000).allSatisfy { queue[$0] == $0 })
        #expect(queue.partition { $0 < 4995 } == 4995 && queue.partition { _ in true } == 5000)
    }
    /// Any keys in any order and at any size end with a drawing.
    @Test func anyKeys() throws {
        var model = try ViewSamples.model(ViewSamples.bad)
        var random = Random(seed: 7, "keys")
        var painter = ScreenPainter(model.definitions, hasUnicode: true)
        let keys: [Key] =
            [.up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .tab, .backTab, .enter, .escape, .backspace]
            + "gGnNfF/? nanoqjk(".unicodeScalars.map { .character($0) }
        for i in 0..<1500 {
            _ = model.take(keys[Int(random.next() % UInt64(keys.count))])
            if i % 3 == 0 { model.work(4) }
            if i % 100 == 0 { model.resize(ScreenSize(columns: 1 + i % 190, rows: 1 + i % 47)) }
            #expect(painter.paint(model).lines.count == model.layout.size.rows)
        }
    }
}
