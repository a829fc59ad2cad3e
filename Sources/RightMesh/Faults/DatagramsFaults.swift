internal import Node

extension Misbehaviour {
    /// What is taken and refused by the header of a datagram.
    static let datagramsFaults: [Bug] = [
        .init(.acceptsMagic, "RM-35", "takes datagrams whose magic is wrong"),
        .init(.acceptsVersion, "RM-35", "takes datagrams of another version"),
        .init(.acceptsTrailingBytes, "RM-35", "takes datagrams with bytes behind frag_len"),
        .init(.acceptsMissingBytes, "RM-35", "takes datagrams that are shorter than frag_len says"),
        .init(.accepts8001, "RM-35", "takes datagrams of more than 8,000 bytes"),
        .init(.refuses8000, "RM-10", "drops datagrams of exactly 8,000 bytes"),
        .init(.acceptsFragIndex, "RM-35", "takes a fragment whose index is frag_count as the last one"),
        .init(.acceptsNoFragments, "RM-35", "takes a frag_count of 0 as 1"),
        .init(.acceptsEmptyFragment, "RM-35", "takes fragments without a byte of a body"),
        .init(.accepts16385Fragments, "RM-56", "takes messages of 16,385 fragments"),
        .init(.refuses16384Fragments, "RM-56", "drops messages of exactly 16,384 fragments"),
        .init(.acceptsLongBody, "RM-56", "takes bodies of 2,097,153 bytes"),
        .init(.refusesLongestBody, "RM-56", "drops bodies of exactly 2,097,152 bytes"),
        .init(.acceptsBootZero, "RM-35", "takes datagrams whose boot is 0"),
        .init(.acceptsMsgidZero, "RM-53", "takes datagrams whose msg_id is 0"),
        .init(.acceptsHopLimitZero, "RM-35", "takes datagrams whose hop_limit is 0"),
        .init(.acceptsSourceZero, "RM-35", "takes datagrams of nobody"),
        .init(.acceptsOwnSource, "RM-35", "takes datagrams in its own name"),
        .init(.acceptsAnyDestination, "RM-45", "takes HELLO and INFO for others as for itself"),
        .init(.acceptsAckToNobody, "RM-45", "takes answers whose dst is zero"),
        .init(.acceptsFindToNobody, "RM-45", "answers a FIND whose dst is zero"),
        .init(.takesAnyBroadcast, "RM-45", "takes HELLO and INFO for others when they have the flag BCAST"),
        .init(.refusesNobody, "RM-45", "drops HELLO and INFO whose dst is zero"),
        .init(.refusesBroadcast, "RM-25", also: ["RM-62"], "drops a HELLO_ACK with BCAST that is for another node"),
        .init(.broadcastByWholeByte, "RM-62", "knows BCAST only when no other flag is set"),
        .init(.refusesHeaderFlags, "RM-62", "drops datagrams with header flags that it does not know"),
        .init(.refusesReserved, "RM-62", "drops datagrams whose reserved byte is not 0"),
        .init(.refusesHopLimit, "RM-54", "drops HELLO and INFO whose hop_limit is not 1"),
        .init(.refusesUnknownRole, "RM-62", "drops datagrams of roles that it does not know"),
        .init(.refusesAckID, "RM-62", "drops requests with an ack_id"),
    ]
}
