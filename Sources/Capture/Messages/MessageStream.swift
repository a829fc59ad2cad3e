import Node
import Wire

/// A splitter of one direction of a stream into messages and the bytes between them. It knows no records: `next`
/// returns what the front is, and the caller makes a record of it.
struct MessageStream {
    /// The maximum number of bytes in one piece of bytes that are not a message.
    static let debrisLimit = 64 << 10
    /// The number of bytes before the end of the searched range that are searched again after more have arrived. It is
    /// longer than any header.
    static let overlap = 256

    /// The reason why bytes are not a message.
    enum Cause: Equatable {
        case refused(String)
        /// A message begins that would be longer than `StreamLimits.message`. (Its name here would make each idle
        /// connection 16 bytes larger.)
        case tooLong
        /// Bytes before it are missing from the capture.
        case afterGap
        /// Its beginning was captured but not kept.
        case givenUp
        /// The capture begins inside the connection.
        case midStream
    }
    /// The bytes at the front.
    enum Part {
        case message(any Message.Type, length: Int)
        /// Bytes that are not a message, up to where one may begin again, or up to `debrisLimit`.
        case debris(length: Int, Cause)
        /// The beginning of a message that does not continue, and what its header announces.
        case incomplete(length: Int, Announcement?)
    }

    private var framing: any Framing
    /// The number of bytes that must be available before it is worth trying again.
    private(set) var needed = 0
    private var search: Search?

    /// The search for the next beginning of a message.
    private struct Search {
        var cause: Cause
        /// The position before which no message begins.
        var position = 0
        /// True if a message may begin at the position; false if only after it.
        var isCandidate: Bool
        /// The later positions at which a segment begins, where a message may begin too. They are used if the framing
        /// cannot find a beginning by itself.
        var segments: [Int] = []
    }
    /// The maximum number of segments in which the beginning of a message is looked for at a time, and of bytes that
    /// such a message may lack.
    private static let (segmentLimit, lackLimit) = (256, debrisLimit)

    /// A message found where one may begin again. The framing is asked for it only once, because a layer changes its
    /// state when it is asked.
    private var ahead: (type: any Message.Type, length: Int)?

    init(_ framing: any Framing) { self.framing = framing }

    /// Notes that after a gap or in the middle of a connection a message may begin with the next byte, or later.
    /// `count` bytes are missing (nil if unknown) after `kept` bytes of a message.
    mutating func lose(_ cause: Cause, _ count: Int64? = nil, behind kept: Int = 0) {
        let isLooking = search.map { $0.cause != .midStream } ?? false
        let place = framing.lose(isLooking ? nil : count, behind: kept) ?? 0
        search = Search(cause: cause, position: place, isCandidate: true)
        needed = 0
        ahead = nil
    }
    /// Returns true if a message of this type has a mark of its own that identifies it.
    func isMarked(_ type: any Message.Type) -> Bool { framing.isMarked(type) }
    /// True if the front is not a message and the beginning of the next one is not known yet.
    var isSearching: Bool { search != nil }
    /// Returns what the header of a message announces; nil if these bytes do not define its type.
    func announced(by bytes: RawSpan) -> Announcement? { framing.announced(by: bytes) }
    /// Notes that a segment begins at this position. Most senders begin a message in a new segment, so that after missing
    /// bytes one may be found there.
    mutating func noteSegment(at position: Int) {
        guard let search, search.segments.count < Self.segmentLimit, position > search.position || !search.isCandidate
        else { return }
        self.search?.segments.append(position)
    }
    /// Lets bytes that wait for the other direction be read again.
    mutating func askAgain() { needed = 0 }
    /// Reads a message that a layer below passes on as a whole, with its kind. It may be empty. Returns its type, its
    /// length, and what is wrong with the rest of the bytes.
    mutating func message(
        _ bytes: RawSpan, kind: UInt8
    ) -> (type: (any Message.Type)?, length: Int, problem: String?) {
        search = nil
        switch framing.whole(bytes, kind: kind) {
        case .message(let type, let length) where length == bytes.byteCount: return (type, length, nil)
        case .message(let type, let length) where length >= 0 && length < bytes.byteCount:
            return (type, length, "they follow the message")
        case .message(_, let length): return (nil, 0, "the message would have \(length) bytes")
        case .needMore(let count): return (nil, 0, "at least \(max(1, count)) more are needed")
        case .refused(let error): return (nil, 0, error.description)
        }
    }
    /// Notes a message of the other direction.
    mutating func heard(_ type: any Message.Type, _ bytes: RawSpan) { framing.heard(type, bytes) }

    /// Returns the part at the front of `bytes`, which begin where the last part ended; nil if that needs more bytes.
    /// `atEnd`: no more bytes follow. The parts do not depend on how the bytes were cut.
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
    /// Returns the part at the front if it is not a complete message. `frame` is the framing's answer, unless a search
    /// is under way.
    @inline(never)
    private mutating func nextOther(_ frame: FramingResult?, _ bytes: RawSpan, _ atEnd: Bool) -> Part? {
        if let frame {
            switch answer(frame, bytes, behind: 0) {
            case .whole(let type, let length): return .message(type, length: length)
            case .more: return atEnd ? .incomplete(length: bytes.byteCount, framing.announced(by: bytes)) : nil
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
                // This is a piece of a fixed length.
                search?.position = max(0, state.position &- Self.debrisLimit)
                search?.segments = state.segments.filter { $0 >= Self.debrisLimit }.map { $0 &- Self.debrisLimit }
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
    /// Interprets the framing's answer for bytes that follow `behind` others.
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

    /// Moves to the first place with a message, or with the beginning of one that is not refused. Returns false if it
    /// finds no place yet, or the message is incomplete. Then no message begins before `state.position`.
    private mutating func seek(_ state: inout Search, _ bytes: RawSpan, _ atEnd: Bool) -> Bool {
        if ahead != nil { return true }
        if framing.resumesAtSegments { return seekSegment(&state, bytes, atEnd) }
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
                // A place that looks like a beginning only by its first bytes is searched again when more arrive, from
                // the byte before it. Otherwise the result would depend on how the bytes were cut.
                if state.position > 0 { (state.position, state.isCandidate) = (state.position &- 1, false) }
                return false
            // A few bytes at the very end look like the beginning of a message too easily.
            case .more where bytes.byteCount &- state.position >= ProtocolDetector.enough: return true
            case .more, .none: state.isCandidate = false
            }
        }
    }
    /// Moves to the first segment with which a message begins. Returns false as `seek` does.
    private mutating func seekSegment(_ state: inout Search, _ bytes: RawSpan, _ atEnd: Bool) -> Bool {
        if state.isCandidate { state.segments.insert(state.position, at: 0) }
        state.isCandidate = false
        var open: [Int] = []
        for position in state.segments where position < bytes.byteCount {
            let rest = bytes.extracting(position...)
            guard framing.mayResume(at: rest) else { continue }
            switch answer(framing.next(rest), rest, behind: position) {
            case .whole(let type, let length):
                state.position = position
                ahead = (type, length)
                return true
            case .more where needed &- bytes.byteCount <= Self.lackLimit: open.append(position)
            case .more, .none: break
            }
        }
        needed = 0
        state.segments = open + state.segments.filter { $0 >= bytes.byteCount }
        state.position = open.first ?? bytes.byteCount
        return false
    }
}

extension Announcement {
    /// The text with the unit of the length: `nano.publish that announces 208 bytes`.
    var textInBytes: String { length == nil ? text : text + " bytes" }
}
