public import Node

/// A fault that an end of the layers can have, one at a time. The text after the colon describes it.
public enum Libp2pFault: String, SeededFault {
    public static let named = byName()

    // Negotiation
    case msHeaderMissing = "GS-02: sends no header as a listener"
    case msAnyHeader = "GS-03: accepts any first message as the header"
    case msWrongEcho = "GS-04: adds a slash to the end of a proposal that it echoes"
    case msAcceptsAll = "GS-04: echoes every proposal"
    case msNoNa = "GS-04: ends the stream instead of sending na"
    case msNoNoise = "GS-04: answers na to Noise as a listener, although it supports it"
    case msNaOnce = "GS-04: sends na once, and does not answer further proposals"
    case msSegmentLost = "GS-05: loses bytes that arrive in one segment with the header"
    case msWholePieces = "GS-05: gives up when a token arrives in several segments"
    case msUnreadableKept = "GS-06: ignores a token that it cannot decode, and waits for another"
    case msShortLimit = "GS-06: accepts only tokens of at most 512 bytes"
    case msMuxerInClear = "GS-07: agrees on a muxer in the clear"
    // Plaintext
    case ptWaits = "GS-08: sends its Exchange only after the dialer's, as a listener"
    case ptNoID = "GS-08: leaves the id out of the Exchange"
    case ptHashedID = "GS-08: sends the SHA-256 of its key as its id, although the key is short"
    case ptAnyID = "GS-09: does not compare the id with the key"
    case ptKeyMissing = "GS-09: accepts an Exchange without a key"
    case dialsAnybody = "GS-10: does not compare the listener's id with the id that it dialed"
    // Noise
    case noiseOtherName = "GS-12 GS-18: begins the handshake with another protocol name"
    case noiseNoPrefix = "GS-13 GS-18: signs its static key without the prefix"
    case noiseAnySignature = "GS-14: does not verify the signature of the static key"
    case noiseEarlyPayload = "GS-15: also sends its payload in the first message"
    case noiseStrict = "GS-16: rejects a payload with unknown fields"
    case noiseFirstFrameOnly = "GS-17: sends only the first frame of data that needs several frames"
    case noiseNoOverlap = "GS-19: continues with its own muxer if there is no common one"
    case noiseLastMuxer = "GS-20: chooses the last common muxer"
    case noiseOwnOrder = "GS-20: follows its own order of muxers as a responder"
    case noiseNoFallback = "GS-20: fails if the other side lists no muxers"
    // Yamux
    case yamuxParity = "GS-22: opens streams with ids of the other side"
    case yamuxNoAck = "GS-23: accepts streams without sending ACK"
    case yamuxEarlyDataLost = "GS-24: loses data that arrives before it has accepted the stream"
    case yamuxPingUnanswered = "GS-25: does not answer pings"
    case yamuxPingZero = "GS-25: answers pings with 0"
    case yamuxPingAnswersAnswer = "GS-25: answers ping responses"
    case yamuxWindowIgnored = "GS-26: ignores the window when it sends"
    case yamuxNoGrant = "GS-27: does not enlarge the window"
    case yamuxFinEndsBoth = "GS-28: ends both directions of a stream when the other side sends FIN"
    case yamuxFinDataLost = "GS-28: loses the data of a frame with FIN"
    case yamuxVersionIgnored = "GS-29: does not check the version"
    case yamuxTypeIgnored = "GS-29: ignores frames of unknown types"
    case yamuxParityNotChecked = "GS-29: accepts streams with ids of its own side"
    case yamuxDuplicateTaken = "GS-29: ignores a SYN of an open stream"
    case yamuxOverflowTaken = "GS-29: accepts more data than the window"
    case yamuxGoAwayNormal = "GS-29: sends go-away 0 when the other side breaks the rules"
    case yamuxFloodTaken = "GS-30: accepts any number of streams"
    // mplex
    case mplexOneSpace = "GS-32: confuses two streams of the same number that different sides opened"
    case mplexShortLimit = "GS-32: rejects messages of more than 64 KiB"
    case mplexFlagsSwapped = "GS-31: answers with the flags of the side that opened the stream"
    // Identify
    case identifyNoProtocols = "GS-38: sends no protocols in its identify message"
    case identifyNoKey = "GS-38: sends no key in its identify message"
    case identifyOtherKey = "GS-38: sends another key in its identify message than in the handshake"
    case identifyTwice = "GS-38: sends its identify message twice"
    case identifyStaysOpen = "GS-38: does not end the identify stream"
    case pushIgnored = "GS-39: ignores identify pushes"
    case pushReplaces = "GS-39: forgets the fields that a push leaves out"
    case recordOtherDomain = "GS-40: signs its peer record in the domain that the text of the RFC names"
}
