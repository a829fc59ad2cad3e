import Node
import Wire

/// Cuts one direction of a stream into messages and what lies between them. Knows no record: `next` says what stands
/// at the front, whoever asks makes something of it.
struct MessageStream {
    /// Bytes that are no message are handed out in pieces of at most this many.
    static let debrisLimit = 64 << 10
    /// Bytes before the end of what was searched that are searched again when more have come: longer than any header.
    static let overlap = 256

    /// Why bytes are no message.
    enum Cause: Equatable {
        case refused(String)
        /// A message begins that would be longer than `messageLimit`.
        case tooLong
        /// Before it bytes are missing from the capture.
        case afterGap
        /// Its beginning was there, and not kept.
        case givenUp
        /// The capture begins inside the connection.
        case midStream
    }
    /// What stands at the front.
    enum Part {
        case message(any Message.Type, length: Int)
        /// No message, up to where one may begin again, or up to `debrisLimit`.
        case debris(length: Int, Cause)
        /// The beginning of a message, and no more will come of it.
        case incomplete(length: Int)
    }

    private var framing: any Framing
    /// Bytes that have to be there before it is worth asking again.
    private(set) var needed = 0
    private var search: Search?

    /// The way to where a message begins again.
    private struct Search {
        var cause: Cause
        /// No message begins before it.
        var position = 0
        /// Whether one may begin there, rather than behind it.
        var isCandidate: Bool
    }

    /// A message that was found where one may begin again: asked for once only, as a layer knows what it was asked.
    private var ahead: (type: any Message.Type, length: Int)?

    init(_ framing: any Framing) { self.framing = framing }

    /// After a gap and in the middle of a connection a message may begin with the next byte, or later. `count` bytes
    /// are missing, nil when nobody knows, behind `kept` of a message.
    mutating func lose(_ cause: Cause, _ count: Int64? = nil, behind kept: Int = 0) {
        let isLooking = search.map { $0.cause != .midStream } ?? false
        let place = framing.lose(isLooking ? nil : count, behind: kept) ?? 0
        search = Search(cause: cause, position: place, isCandidate: true)
        needed = 0
        ahead = nil
    }
    /// Whether a message of this type says by itself that it is one.
    func isMarked(_ type: any Message.Type) -> Bool { framing.isMarked(type) }
    /// What stands at the front is no message, and where the next one begins is not known yet.
    var isSearching: Bool { search != nil }
    /// What waits for the other direction may go on.
    mutating func askAgain() { needed = 0 }
    /// Takes a message that a layer below gives whole, which may be empty, and of which that says the kind: what it is, how long that is, and what is
    /// wrong with the rest of it.
    mutating func message(
        _ bytes: RawSpan, kind: UInt8
    ) -> (type: (any Message.Type)?, length: Int, problem: String?) {
        search = nil
        switch framing.whole(bytes, kind: kind) {
        case .message(let type, let length) where length == bytes.byteCount: return (type, length, nil)
        case .message(let type, let length) where length >= 0 && length < bytes.byteCount:
            return (type, length, "they stand behind the message")
        case .message(_, let length): return (nil, 0, "the message would have \(length) bytes")
        case .needMore(let count): return (nil, 0, "at least \(max(1, count)) more are needed")
        case .refused(let error): return (nil, 0, error.description)
        }
    }
    /// A message of the other direction.
    mutating func heard(_ type: any Message.Type, _ bytes: RawSpan) { framing.heard(type, bytes) }

    /// What stands at the front of `bytes`, which begin where the last part ended; nil when that cannot be told
    /// without more of them. `atEnd`: no more will come. The parts are the same however the bytes were cut.
    @inline(__always)
    mutating func next(_ bytes: RawSpan, atEnd: Bool = false) -> Part? {
        guard bytes.byteCount > 0, bytes.byteCount >= needed || atEnd else { return nil }
        guard search == nil, ahead == nil else { return nextOther(nil, bytes, atEnd) }
        let frame = framing.next(bytes)
        if case .message(let type, let length) = frame, length > 0, length <= bytes.byteCount {
            needed = 0
            return .message(type, length: length)
        }
        return nextOther(frame, bytes, atEnd)
    }
    /// What stands there when that is no whole message: the framing said what, unless it is searched for.
    @inline(never)
    private mutating func nextOther(_ frame: FramingResult?, _ bytes: RawSpan, _ atEnd: Bool) -> Part? {
        if let frame {
            switch answer(frame, bytes, behind: 0) {
            case .whole(let type, let length): return .message(type, length: length)
            case .more: return atEnd ? .incomplete(length: bytes.byteCount) : nil
            case .none(let cause): search = Search(cause: cause, isCandidate: false)
            }
        }
        if let ahead, search == nil {
            self.ahead = nil
            return .message(ahead.type, length: ahead.length)
        }
        while var state = search {
            let found = seek(&state, bytes, atEnd)
            search = state
            let clear = found || !atEnd ? state.position : bytes.byteCount
            if clear > Self.debrisLimit || clear == Self.debrisLimit && !found {
                // A piece of a fixed length.
                search?.position = max(0, state.position &- Self.debrisLimit)
                needed = 0
                return .debris(length: Self.debrisLimit, state.cause)
            }
            guard found || atEnd else { return nil }
            search = nil
            needed = 0
            if clear > 0 { return .debris(length: clear, state.cause) }
            return ahead == nil ? next(bytes, atEnd: atEnd) : nextOther(nil, bytes, atEnd)
        }
        return nil
    }

    private enum Answer {
        case whole(any Message.Type, Int)
        /// More bytes are needed.
        case more
        case none(Cause)
    }
    /// What the framing says of bytes that `behind` others stand before.
    private mutating func answer(_ frame: FramingResult, _ bytes: RawSpan, behind: Int) -> Answer {
        needed = 0
        let missing: Int
        switch frame {
        case .message(_, let length) where length <= 0: return .none(.refused("a message without bytes"))
        case .message(let type, let length) where length <= bytes.byteCount: return .whole(type, length)
        case .message(_, let length): missing = length &- bytes.byteCount
        case .needMore(let count): missing = max(1, count)
        case .refused(let error): return .none(.refused(error.description))
        }
        guard missing <= StreamLimits.message &- bytes.byteCount else { return .none(.tooLong) }
        needed = behind &+ bytes.byteCount &+ missing
        return .more
    }

    /// Moves to the first place where a message stands, or the beginning of one that is not refused. False: there is
    /// none yet, or it is not whole yet; then no message begins before `state.position`.
    private mutating func seek(_ state: inout Search, _ bytes: RawSpan, _ atEnd: Bool) -> Bool {
        if ahead != nil { return true }
        while true {
            if !state.isCandidate {
                let rest = bytes.extracting(min(state.position, bytes.byteCount)...)
                guard let step = framing.resync(rest), step > 0, step < rest.byteCount else {
                    needed = 0
                    state.position = max(state.position, bytes.byteCount &- Self.overlap)
                    return false
                }
                state.position &+= step
                state.isCandidate = true
            }
            guard state.position < bytes.byteCount else { return false }
            let rest = bytes.extracting(state.position...)
            guard framing.mayResume(at: rest) else {
                state.isCandidate = false
                continue
            }
            switch answer(framing.next(rest), rest, behind: state.position) {
            case .whole(let type, let length):
                ahead = (type, length)
                return true
            case .more where !atEnd:
                // What looked like a beginning by its first bytes alone is looked at again, from the byte before it,
                // when there are more: else what is found would turn on how the bytes were cut.
                if state.position > 0 { (state.position, state.isCandidate) = (state.position &- 1, false) }
                return false
            // A few bytes at the very end look like the beginning of a message too easily.
            case .more where bytes.byteCount &- state.position >= ProtocolDetector.enough: return true
            case .more, .none: state.isCandidate = false
            }
        }
    }
}
