import Capture
import Nano
import Node
import Testing
import Wire

@testable import Records

/// The appearance of a view.
struct ScreenPainterTests {
    @Test func panes() throws {
        var model = try ViewSamples.model()
        model.packets = 99
        model.press(.down, .down, .down)
        let screen = model.screen
        #expect(screen.count == 30)
        #expect(screen[0].hasPrefix(" meshspec view Captures/nano") && screen[0].hasSuffix("messages in 99 packets"))
        #expect(screen[1] == "Filter: none, / sets one")
        #expect(screen[2].split(separator: " ") == ["No.", "Time", "Source", "Destination", "Message", "Content"])
        #expect(
            screen[6].split(separator: " ").prefix(5)
                == ["4", "+0.015684", "127.0.0.1:7075", "127.0.0.1:40358", "nano.keepalive"])
        #expect(screen.contains { $0.hasPrefix("▾ #4 nano.keepalive 152 bytes") })
        #expect(screen.contains { $0.hasPrefix("0000  52 43") })
        #expect(screen.last?.hasPrefix(" 4/") == true && screen.last?.hasSuffix("? help  q quit") == true)
    }
    /// The panes are next to each other if there is room. They are never wider than the terminal.
    @Test(arguments: [60, 80, 149, 150, 220])
    func widths(_ columns: Int) throws {
        let model = try ViewSamples.model(ViewSamples.bad, ScreenSize(columns: columns, rows: 20))
        var painter = ScreenPainter(model.definitions, hasUnicode: true)
        let screen = painter.paint(model)
        #expect(screen.lines.count == 20)
        #expect(screen.lines.allSatisfy { $0.cells.count <= columns })
        let isBeside =
            screen.lines.contains { $0.text.contains("#1 nano") && $0.text.contains("│0000") }
            || screen.lines.contains { $0.text.contains("▾ #1 ") && $0.text.contains("0000  ") }
        #expect(isBeside == (columns >= 150))
    }
    @Test func tooSmall() throws {
        let model = try ViewSamples.model(ViewSamples.good, ScreenSize(columns: 59, rows: 13))
        #expect(model.screen.first == "too small: 59x13, needs 60x14; q quits")
    }
    @Test func help() throws {
        var model = try ViewSamples.model()
        model.press(.character("?"))
        #expect(model.screen.first?.contains("Keys") == true)
        // The key that closes the help has no other effect.
        model.press(.character("q"))
        #expect(model.screen.first?.contains("meshspec view") == true)
    }
    /// The bytes of the selected field are marked, in brackets and in reverse video.
    @Test func marks() throws {
        var model = try ViewSamples.model()
        model.press(.tab, .tab, .right, .right)
        var painter = ScreenPainter(model.definitions, hasUnicode: true)
        let screen = painter.paint(model)
        let row = try #require(screen.lines.firstIndex { $0.text.hasPrefix("0000 ") })
        #expect(screen.lines[row].text.contains("52 43[15]"))
        let reversed = screen.lines[row].cells.indices.filter { screen.lines[row].cells[$0].look.isReversed }
        #expect(reversed == [12, 13, 57])
        #expect(screen.cursor == .init(row: row, column: 12))
    }
    /// If a filter is longer than the screen, the cursor remains visible, and the place of an error if possible.
    @Test func longFilter() throws {
        var model = try ViewSamples.model(ViewSamples.good, ScreenSize(columns: 60, rows: 20))
        model.press(.character("/"))
        model.type(Array(repeating: "n == 1", count: 200).joined(separator: " or ") + " or zzx")
        var painter = ScreenPainter(model.definitions, hasUnicode: true)
        var screen = painter.paint(model)
        #expect(screen.lines[1].text.hasSuffix("n == 1 or zzx") && screen.cursor == .init(row: 1, column: 59))
        model.press(.enter)
        #expect(model.screen[2] == String(repeating: " ", count: 56) + "^^^")
        model.press(.home)
        screen = painter.paint(model)
        #expect(screen.lines[1].text.hasPrefix("Filter: n == 1 or") && screen.cursor == .init(row: 1, column: 8))
    }
    /// Foreign text in a comment, a name and a filter.
    @Test func harmless() throws {
        var message = try ViewSamples.messages(ViewSamples.good)[0]
        message.record.comments = ["\u{1b}]0;title\u{7}\n\u{9b}31m\u{202e}"]
        var options = ViewModel.Options()
        options.title = "a\u{1b}[2J.pcap"
        var model = ViewModel([.nano], .ended, options)
        model.resize(ScreenSize(columns: 200, rows: 40))
        model.add(message)
        model.work(1)
        model.press(.character("/"))
        model.type("\u{202e}\u{9b}")
        model.press(.enter)
        model.trouble = "\u{1b}c"
        var painter = ScreenPainter([.nano], hasUnicode: true)
        var writer = ScreenWriter(hasColour: false)
        let text = String(decoding: writer.bytes(for: painter.paint(model)), as: UTF8.self)
        #expect(!text.unicodeScalars.contains { $0.value >= 0x7f && $0.value < 0xa0 || $0.value == 0x202e })
        let escapes = text.split(separator: "\u{1b}", omittingEmptySubsequences: false).dropFirst()
        #expect(escapes.allSatisfy { $0.hasPrefix("[") && !$0.hasPrefix("[2J.pcap") })
        // A terminal with only ASCII shows ASCII.
        var plain = ScreenPainter([.nano], hasUnicode: false)
        #expect(plain.paint(model).lines.allSatisfy { $0.text.utf8.allSatisfy { $0 < 0x80 } })
    }
}
