// The faults about framing, versions and silence.
extension Misbehaviour {
    /// Which requirement is broken, and how; nil for faults about something else.
    var connectionText: (String, String)? {
        switch self {
        case .versionsReversed: ("NANO-01 NANO-97", "has version_max and version_min in each other's place")
        case .lowTypesIgnored: ("NANO-04", "steps over headers of the types 0x00 and 0x01")
        case .highTypesIgnored: ("NANO-04", "steps over headers of types above 0x11")
        case .wrongNetworkAccepted: ("NANO-06", "takes messages of any network")
        case .networkByFirstByte: ("NANO-06", "compares the first byte of the network only")
        case .networkBySecondByte: ("NANO-06", "compares the second byte of the network only")
        case .networkCheckedOnce: ("NANO-06", "does not look at the network any more after the handshake")
        case .wrongNetworkLate: ("NANO-06", "closes on another network, but 4 s late")
        case .oldVersionAccepted: ("NANO-07", "takes messages of any old version")
        case .lowestVersionRefused: ("NANO-07", "closes on the lowest version that it says it takes")
        case .lowerVersionAccepted: ("NANO-07", "takes the version below its lowest one")
        case .versionMaxDecides: ("NANO-07", "holds version_max against its lowest version, not version_using")
        case .versionCheckedOnce: ("NANO-07", "does not look at versions any more after the handshake")
        case .outdatedVersionLate: ("NANO-07", "closes on an outdated version, but 4 s late")
        case .newVersionRefused: ("NANO-08", "closes on versions above its own")
        case .checksVersionMax: ("NANO-09", "closes when version_max or version_min are not its own")
        case .refusesHigherMin: ("NANO-09", "closes when version_min is above its own version")
        case .refusesLowerMax: ("NANO-09", "closes when version_max is below its lowest version")
        case .deletedTypeIgnored: ("NANO-10", "steps over a header of type 0x09")
        case .deletedTypeIgnoredEarly: ("NANO-10", "steps over a header of type 0x09 before the handshake")
        case .invalidTypeLate: ("NANO-10 NANO-04 NANO-11", "closes on an invalid type, but 4 s late")
        case .unknownTypeIgnored: ("NANO-11 NANO-04", "steps over a header of type 0x10 and above")
        case .resetsOnTrickle: ("NANO-12 NANO-104", "closes when a message does not come in one piece")
        case .forgetsPartial:
            ("NANO-12", "forgets the beginning of a message whose rest comes more than a second later")
        case .dropsPartialHeader: ("NANO-12", "loses less than a header that comes by itself")
        case .dropsCoalesced: ("NANO-13", "loses what comes behind a message in the same piece")
        case .dropsBehindHandshake: ("NANO-13", "loses what comes behind the last handshake message in the same piece")
        case .refusesKeepaliveBits: ("NANO-14", "closes on a keepalive with extension bits")
        case .refusesRequestBits: ("NANO-14", "closes on a telemetry_req with extension bits")
        case .refusesHandshakeBits: ("NANO-14", "closes on a handshake with bits that are not defined")
        case .extensionsSwapped: ("NANO-16 NANO-44", "writes the extensions of its handshake messages big-endian")
        case .noIdleTimeout: ("NANO-39", "never closes a silent connection")
        case .idleTimeoutEarly: ("NANO-39", "closes a silent connection in half the time")
        case .idleTimeoutLate: ("NANO-39", "closes a silent connection in one and a half times the time")
        case .idleTimeoutSlightlyEarly: ("NANO-39", "closes a silent connection in three quarters of the time")
        case .silenceClosesAll: ("NANO-39", "closes all connections when one was silent for too long")
        case .countNibblesSwapped: ("NANO-65", "takes the halves of a count above 15 for each other")
        case .blockTypeIgnored: ("NANO-03", "reads a request for a vote, or a vote, with a block as one with hashes")
        case .countFlagIgnored: ("NANO-65", "reads counts above 15 in the old way")
        default: nil
        }
    }
}
