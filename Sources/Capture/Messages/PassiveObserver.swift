import Node
import Wire

/// An observer of one conversation, as an object. A mutating call of an `any Observer` first checks whether its storage
/// is shared, which takes as long as reading the message.
class PassiveObserver {
    func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {}
    func miss() {}
    func end(by sender: Opener, into findings: inout [Finding]) {}
    func mayBeNewer(_ bytes: RawSpan) -> Bool { false }
    var unfinishedHandshake: String? { nil }

    static func boxed(_ observer: some Observer) -> PassiveObserver { Box(observer) }

    private final class Box<Kind: Observer>: PassiveObserver {
        // Access is unchecked because it cannot overlap: an observer knows no object that could call it while it runs.
        @exclusivity(unchecked) private var observer: Kind
        init(_ observer: Kind) { self.observer = observer }
        override func observe(
            _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
            into findings: inout [Finding]
        ) {
            observer.observe(type, bytes, isGood: isGood, from: sender, at: time, into: &findings)
        }
        override func miss() { observer.miss() }
        override func end(by sender: Opener, into findings: inout [Finding]) {
            observer.end(by: sender, into: &findings)
        }
        override func mayBeNewer(_ bytes: RawSpan) -> Bool { observer.mayBeNewer(bytes) }
        override var unfinishedHandshake: String? { observer.unfinishedHandshake }
    }
}
