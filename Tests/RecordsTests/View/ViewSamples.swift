import Capture
import Nano
import Node
import Testing
import Wire

@testable import Records

/// Views of a capture from the repository.
enum ViewSamples {
    static let definitions: [Definition] = [.nano]
    static let good = "Captures/nano/nano-node-light-v2.pcap"
    static let bad = "Captures/nano/nano-node-light-responder-bug.pcap"

    static func messages(_ path: String) throws -> [CapturedMessage] {
        var out: [CapturedMessage] = []
        var capture = try CaptureReader(path, definitions)
        while let message = try capture.next() { out.append(message) }
        return out
    }
    static func model(
        _ path: String = good, _ size: ScreenSize = ScreenSize(columns: 100, rows: 30),
        _ change: (inout ViewModel.Options) -> Void = { _ in }
    ) throws -> ViewModel {
        var options = ViewModel.Options()
        options.title = path
        change(&options)
        var model = ViewModel(definitions, .ended, options)
        model.resize(size)
        for message in try messages(path) { model.add(message) }
        model.work(.max >> 1)
        return model
    }
}
extension ViewModel {
    /// Presses keys one after the other. Text is typed.
    mutating func press(_ keys: Key...) {
        for key in keys { _ = take(key) }
        work(.max >> 1)
    }
    mutating func type(_ text: String) { for c in text.unicodeScalars { press(.character(c)) } }
    /// The rows of the screen.
    var screen: [String] {
        var painter = ScreenPainter(definitions, hasUnicode: true)
        return painter.paint(self).lines.map(\.text)
    }
    var number: Int? { message?.record.number }
}
