public import Node

/// A fault that an end of the layers can have, one at a time. The text after the colon describes it.
public enum Libp2pFault: String, SeededFault {
    public static let named = byName()

    // Negotiation
    case msHeaderMissing = "GS-02: a listener sends no header"
    case msAnyHeader = "GS-03: takes any first message for the header"
    case msWrongEcho = "GS-04: the echo of a proposal has a slash at its end"
    case msAcceptsAll = "GS-04: echoes whatever is proposed"
    case msNoNa = "GS-04: ends the stream instead of saying na"
    case msNaOnce = "GS-04: says na once, and nothing to a further proposal"
    case msSegmentLost = "GS-05: loses what comes in one piece with the header"
    case msWholePieces = "GS-05: gives up when a token does not come in one piece"
    case msUnreadableKept = "GS-06: passes over a token that cannot be read, and waits for another"
    case msShortLimit = "GS-06: takes tokens of 512 bytes at most"
    case msMuxerInClear = "GS-07: agrees on a muxer in the clear"
    // Plaintext
    case ptWaits = "GS-08: a listener says who it is behind the dialer only"
    case ptNoID = "GS-08: leaves the id out of the Exchange"
    case ptHashedID = "GS-08: says the SHA-256 of its key as its id, although the key is short"
    case ptAnyID = "GS-09: does not compare the id with the key"
    case ptKeyMissing = "GS-09: takes an Exchange without a key"
    case dialsAnybody = "GS-10: does not compare who is there with who was dialed"
    // Noise
    case noiseOtherName = "GS-12 GS-18: begins the handshake with another name"
    case noiseNoPrefix = "GS-13 GS-18: signs its static key without the prefix"
    case noiseAnySignature = "GS-14: does not verify the signature of the static key"
    case noiseEarlyPayload = "GS-15: sends its payload in the first message as well"
    case noiseStrict = "GS-16: refuses a payload with fields that it does not know"
    case noiseFirstFrameOnly = "GS-17: sends what fits one frame, and not the rest"
    case noiseNoOverlap = "GS-19: goes on with its own muxer where there is none in common"
    case noiseLastMuxer = "GS-20: takes the last muxer that both have"
    case noiseOwnOrder = "GS-20: a responder goes by its own order of muxers"
    case noiseNoFallback = "GS-20: fails where the other side lists no muxers"
    // Yamux
    case yamuxParity = "GS-22: its streams have ids of the other side"
    case yamuxNoAck = "GS-23: does not accept streams in words"
    case yamuxEarlyDataLost = "GS-24: loses data that comes before it has accepted a stream"
    case yamuxPingUnanswered = "GS-25: does not answer pings"
    case yamuxPingZero = "GS-25: answers pings with 0"
    case yamuxPingAnswersAnswer = "GS-25: answers answers to pings"
    case yamuxWindowIgnored = "GS-26: sends without regard to the window"
    case yamuxNoGrant = "GS-27: grants no more window"
    case yamuxFinEndsBoth = "GS-28: ends both directions of a stream with the other side's FIN"
    case yamuxFinDataLost = "GS-28: loses the data of a frame with FIN"
    case yamuxVersionIgnored = "GS-29: does not look at the version"
    case yamuxTypeIgnored = "GS-29: passes over frames of types that it does not know"
    case yamuxParityNotChecked = "GS-29: takes streams with its own ids"
    case yamuxDuplicateTaken = "GS-29: passes over SYN of a stream that is open"
    case yamuxOverflowTaken = "GS-29: takes more data than the window"
    case yamuxGoAwayNormal = "GS-29: ends a session that breaks the rules with go-away 0"
    case yamuxFloodTaken = "GS-30: takes any number of streams"
    // mplex
    case mplexOneSpace = "GS-32: takes streams of both sides with the same number for one"
    case mplexShortLimit = "GS-32: refuses messages of more than 64 KiB"
    case mplexFlagsSwapped = "GS-31: answers with the flags of who opened the stream"
    // Identify
    case identifyNoProtocols = "GS-38: says no protocols"
    case identifyNoKey = "GS-38: says no key"
    case identifyOtherKey = "GS-38: says another key than that of the connection"
    case identifyTwice = "GS-38: says who it is twice"
    case identifyStaysOpen = "GS-38: does not end the stream"
    case pushIgnored = "GS-39: passes over what is pushed"
    case pushReplaces = "GS-39: forgets what a push does not say"
    case recordOtherDomain = "GS-40: signs the record of its addresses in the domain of the RFC's text"
}
