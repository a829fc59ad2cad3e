public import Node

/// A fault that a rendezvous point or its client can have. The text after the colon describes it.
public enum RendezvousFault: String, SeededFault {
    public static let named = byName()

    // The point
    case discoversOtherNamespaces = "GS-126: tells of peers in other namespaces"
    case discoversNobodyAtLarge = "GS-126: tells of nobody where no namespace is named"
    case recordNotTold = "GS-126: tells of peers without their records"
    case acceptsForeignRecord = "GS-127: registers the record of another peer"
    case acceptsWrongRecord = "GS-127: does not look whether a record is good"
    case ignoresTTLLimit = "GS-128: registers for any time"
    case ttlNotTold = "GS-128: does not tell for how long a registration stands"
    case namespaceUnlimited = "GS-132: takes namespaces of any length"
    case discoversExpired = "GS-129: tells of peers whose time is over"
    case unregisterIgnored = "GS-129: goes on telling of peers that do not want to be found"
    case unregisterAnswered = "GS-129: answers UNREGISTER"
    case refreshDoubles = "GS-129: a peer that registers again is told twice"
    case ignoresCookie = "GS-130: tells again what it told with the cookie"
    case anyCookieTaken = "GS-132: takes any cookie"
    case limitIgnored = "GS-130: tells more peers than it was asked for"
    // The client
    case cookieNotSaid = "GS-131: does not say the cookie of the last answer"
    case discoveredNotChecked = "GS-131: dials peers whose record is not good"
}
